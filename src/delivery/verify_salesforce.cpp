// Salesforce outbound messages (SOAP). They carry no signature: the proof is a secret path together with the
// organisation's id. Source: developer.salesforce.com, SOAP API guide, "Outbound Messaging".

#include <fmt/format.h>

#include "base/text.h"
#include "delivery/verify_scheme.h"
#include "delivery/xml.h"

namespace countersign {

namespace {

using namespace verify;

constexpr std::size_t kNotificationsMax = 100;
// Salesforce repeats a message for 24 hours until it reads this.
constexpr std::string_view kAcknowledgement =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>"
    "<notificationsResponse xmlns=\"http://soap.sforce.com/2005/09/outbound\"><Ack>true</Ack>"
    "</notificationsResponse></soapenv:Body></soapenv:Envelope>";

std::string text_of(const XmlElement& parent, std::string_view name) {
  const XmlElement* element = parent.child(name);
  return element == nullptr ? std::string() : std::string(trimmed(element->text));
}

json::object fields_of(const XmlElement& record) {
  json::object fields;
  for (const XmlElement& field : record.children) {
    const std::string* nil = field.attribute("nil");
    const bool is_null = nil != nullptr && *nil == "true";
    fields[field.name] = is_null ? json::value(nullptr) : json::value(field.text);
  }
  return fields;
}

Result<json::object> notification_of(const XmlElement& element) {
  const XmlElement* record = element.child("sObject");
  const std::string id = text_of(element, "Id");
  if (record == nullptr || id.empty()) return malformed("a Notification has no Id or no sObject");
  const std::string* type = record->attribute("type");
  const std::string object = type == nullptr ? "" : type->substr(type->rfind(':') + 1);
  return json::object{{"id", id}, {"object", object}, {"fields", fields_of(*record)}};
}

// Everything but SessionId, which is a live credential, and the two URLs that belong to it.
Result<Verified> read_notifications(const XmlElement& message) {
  Verified verified;
  const std::string organization_id = text_of(message, "OrganizationId");
  const std::string action_id = text_of(message, "ActionId");
  json::array notifications;
  for (const XmlElement& element : message.children) {
    if (element.name != "Notification") continue;
    if (notifications.size() == kNotificationsMax) {
      return malformed(fmt::format("there are more than {} notifications", kNotificationsMax));
    }
    Result<json::object> notification = notification_of(element);
    if (!notification) return std::unexpected(std::move(notification.error()));
    json::object part = *notification;
    part["organization_id"] = organization_id;
    part["action_id"] = action_id;
    verified.parts.push_back({string_at(*notification, "id"), write_json(part)});
    notifications.emplace_back(std::move(*notification));
  }
  if (notifications.empty()) return malformed("there is no Notification");
  verified.delivery_id = bundle_id(verified.parts);
  verified.content_type = "application/json";
  verified.body = write_json(json::object{{"organization_id", organization_id},
                                          {"action_id", action_id},
                                          {"notifications", std::move(notifications)}});
  verified.acknowledgement = InboundReply{200, "text/xml; charset=utf-8", std::string(kAcknowledgement)};
  return verified;
}

Result<Verified> check(const VerifierSettings& settings, const InboundRequest& request) {
  if (const Result<void> proven = check_path_secret(settings, request); !proven) {
    return std::unexpected(proven.error());
  }
  const Result<XmlElement> envelope = parse_xml(request.body);
  if (!envelope) return std::unexpected(envelope.error());
  const XmlElement* body = envelope->name == "Envelope" ? envelope->child("Body") : nullptr;
  const XmlElement* message = body == nullptr ? nullptr : body->child("notifications");
  if (message == nullptr) return malformed("the body is no SOAP envelope with notifications");
  if (text_of(*message, "OrganizationId") != option(settings, "organization_id")) {
    return not_proven("OrganizationId is not the configured one");
  }
  return read_notifications(*message);
}

}  // namespace

Result<SchemeCheck> make_salesforce_check(const VerifierSettings& settings) {
  if (const Result<void> good = check_path_secrets(settings, 1); !good) return std::unexpected(good.error());
  return SchemeCheck([settings](const InboundRequest& request, Instant) { return check(settings, request); });
}

}  // namespace countersign
