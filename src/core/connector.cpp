#include "core/connector.h"

#include <algorithm>
#include <array>
#include <set>

namespace countersign {
namespace {

// Beside what a scheme needs by its nature; spelt as delivery/verifier.h spells them.
const std::array<InboundScheme, 15> kSchemes = {{
    {"standard-webhooks", {}, {}},
    {"github", {}, {}},
    {"hubspot-v3", {}, {}},
    {"stripe", {}, {}},
    {"slack", {}, {}},
    {"shopify", {}, {}},
    {"basic", {}, {"delivery_id"}},
    {"pipedrive", {}, {}},
    {"bearer", {}, {}},
    {"zoho", {}, {"channel_id", "header"}},
    {"dingtalk", {}, {}},
    {"feishu", {"verification_token"}, {}},
    {"wecom", {"encoding_aes_key", "receive_id"}, {}},
    {"salesforce", {"organization_id"}, {}},
    {"path-secret", {}, {"delivery_id"}},
}};

}  // namespace

std::span<const InboundScheme> inbound_schemes() {
  return kSchemes;
}

bool is_proven_by_path(std::string_view scheme) {
  return scheme == "salesforce" || scheme == "path-secret";
}

bool asks_before_it_sends(std::string_view scheme) {
  return scheme == "wecom";
}

bool is_weak_scheme(std::string_view scheme) {
  return scheme == "dingtalk";
}

bool is_secret_option(std::string_view option) {
  return option == "verification_token" || option == "encoding_aes_key";
}

std::vector<Field> fields_of(const std::vector<MappedField>& mapped) {
  std::vector<Field> fields;
  fields.reserve(mapped.size());
  for (const auto& one : mapped) fields.push_back(one.field);
  return fields;
}

std::string webhook_source(const WorkflowId& workflow) {
  return "workflow." + workflow.value;
}

const InboundEvent* Inbound::find_event(std::string_view name) const {
  const auto found = std::ranges::find(events, name, &InboundEvent::name);
  return found != events.end() ? &*found : nullptr;
}

const Action* Outbound::find_action(std::string_view name) const {
  const auto found = std::ranges::find(actions, name, &Action::name);
  return found != actions.end() ? &*found : nullptr;
}

bool Connector::is_room() const {
  const auto* post = outbound ? outbound->find_action(kPostAction) : nullptr;
  if (post == nullptr) return false;
  bool subject = false, text = false;
  for (const auto& field : post->input) {
    if (field.name == "subject") {
      subject = true;
    } else if (field.name == "text") {
      text = true;
    } else if (field.required) {
      return false;
    }
  }
  return subject && text;
}

std::vector<std::string> Connector::secret_names() const {
  std::set<std::string> names;
  if (inbound) {
    names.insert(inbound->verify.secrets.begin(), inbound->verify.secrets.end());
    for (const auto& [option, secret] : inbound->verify.secret_options) names.insert(secret);
  }
  if (outbound) {
    names.insert(outbound->auth.secrets.begin(), outbound->auth.secrets.end());
    if (!outbound->base_secret.empty()) names.insert(outbound->base_secret);
  }
  if (mail && !mail->password.empty()) names.insert(mail->password);
  return {names.begin(), names.end()};
}

}  // namespace countersign
