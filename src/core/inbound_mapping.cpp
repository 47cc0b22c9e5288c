#include "core/inbound_mapping.h"

#include <fmt/format.h>

#include "core/connector_evaluation.h"

namespace countersign {
namespace {

// Ids are compared as text, however the sender writes them.
Result<std::string> id_text(const ConnectorEvaluation& evaluation, const Expression& expression) {
  const auto value = evaluation.evaluate(expression);
  if (!value) return std::unexpected(value.error());
  if (is_absent(*value)) return std::string();
  if (value->is(cel::Kind::list) || value->is(cel::Kind::map)) {
    return fail(ErrorCode::invalid_input, "a text or number is expected, not a list or an object");
  }
  return cel::to_display(*value);
}

Result<std::optional<std::int64_t>> order_number(const cel::Value& value) {
  const auto refuse = [] {
    return fail(ErrorCode::invalid_input, "'order: by' gives neither a whole number nor a time");
  };
  switch (value.kind()) {
    case cel::Kind::int_:
      return std::optional(value.as_int());
    case cel::Kind::timestamp:
      return std::optional(to_unix_ms(value.as_instant()));
    case cel::Kind::date:
      return std::optional(std::int64_t{value.as_date().days} * 86'400'000);
    case cel::Kind::decimal: {
      const auto whole = value.as_decimal().to_int();
      if (!whole) return refuse();
      return std::optional(*whole);
    }
    case cel::Kind::string: {
      if (const auto at = parse_rfc3339(value.as_string())) return std::optional(to_unix_ms(*at));
      const auto digits = Decimal::parse(value.as_string());
      const auto whole = digits ? digits->to_int() : Result<std::int64_t>(fail(ErrorCode::invalid_input, ""));
      if (!whole) return refuse();
      return std::optional(*whole);
    }
    default:
      if (is_absent(value)) return std::optional<std::int64_t>();
      return refuse();
  }
}

// One element of the message on its way to events.
class ElementMapper {
 public:
  ElementMapper(const Inbound& inbound, const ConnectorEvaluation& evaluation, std::size_t element,
                const cel::Value& item, std::string delivery_id)
      : inbound_(inbound),
        evaluation_(evaluation),
        element_(element),
        item_(item),
        delivery_id_(std::move(delivery_id)) {}

  void map(InboundMapping& mapping) const {
    bool of_interest = false;
    for (const auto& event : inbound_.events) {
      const auto applies = event.when ? evaluation_.holds(*event.when) : Result<bool>(true);
      if (applies && !*applies) continue;
      of_interest = true;
      auto mapped = applies ? map_event(event) : Result<MappedEvent>(std::unexpected(applies.error()));
      if (mapped) {
        mapping.events.push_back(std::move(*mapped));
        continue;
      }
      auto error = std::move(mapped.error()).within(fmt::format("element {}, {}", element_, event.name));
      error.pointer = fmt::format("/{}", element_);
      mapping.errors.push_back(std::move(error));
    }
    if (!of_interest) ++mapping.ignored;
  }

 private:
  Result<MappedEvent> map_event(const InboundEvent& event) const {
    MappedEvent mapped;
    mapped.element = element_;
    mapped.event = event.name;
    mapped.delivery_id = delivery_id_;
    if (inbound_.id) {
      auto id = id_text(evaluation_, *inbound_.id);
      if (!id) return std::unexpected(std::move(id.error()).within("cannot read 'id'"));
      if (!id->empty()) mapped.delivery_id = std::move(*id);
    }
    if (event.key) {
      auto key = id_text(evaluation_, *event.key);
      if (!key) return std::unexpected(std::move(key.error()).within("cannot read 'key'"));
      if (key->empty())
        return fail(ErrorCode::invalid_input, "the key is empty, so no instance can be meant");
      mapped.key = std::move(*key);
    }
    if (inbound_.order_key && inbound_.order_by) {
      auto key = id_text(evaluation_, *inbound_.order_key);
      if (!key) return std::unexpected(std::move(key.error()).within("cannot read 'order: key'"));
      auto by = evaluation_.evaluate(*inbound_.order_by);
      if (!by) return std::unexpected(std::move(by.error()).within("cannot read 'order: by'"));
      auto number = order_number(*by);
      if (!number) return std::unexpected(std::move(number.error()));
      mapped.order_key = std::move(*key);
      mapped.order_by = *number;
    }
    if (event.whole) {
      mapped.data = item_;
      return mapped;
    }
    auto data = evaluation_.read(event.data, "cannot map the data");
    if (!data) return std::unexpected(std::move(data.error()));
    cel::Map map;
    for (const auto& [name, value] : *data) map.set(name, value);
    mapped.data = cel::Value::map(std::move(map));
    return mapped;
  }

  const Inbound& inbound_;
  const ConnectorEvaluation& evaluation_;
  std::size_t element_;
  const cel::Value& item_;
  std::string delivery_id_;
};

}  // namespace

Result<InboundMapping> map_inbound(const Inbound& inbound, const InboundMessage& message,
                                   const Directory& directory) {
  const auto body = cel::from_plain_json(message.body);
  cel::Map request;
  request.set("headers", headers_value(message.headers));
  const auto request_value = cel::Value::map(std::move(request));

  ConnectorEvaluation whole(directory);
  whole.set("body", body);
  whole.set("request", request_value);
  cel::List elements;
  if (inbound.each) {
    const auto each = whole.evaluate(*inbound.each);
    if (!each) return std::unexpected(Error(each.error()).within("cannot read 'each'"));
    if (!each->is(cel::Kind::list)) {
      return fail(ErrorCode::invalid_input, "cannot read the message: 'each' does not give a list");
    }
    elements = each->as_list();
  } else {
    elements.push_back(body);
  }
  if (elements.size() > kInboundElementsMax) {
    return fail(ErrorCode::too_large,
                fmt::format("cannot read the message: it has {} elements, at most {} are "
                            "allowed",
                            elements.size(), kInboundElementsMax));
  }
  InboundMapping mapping;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    // Each element has a cost limit of its own, so that one cannot starve the others.
    ConnectorEvaluation evaluation(directory);
    evaluation.set("body", body);
    evaluation.set("request", request_value);
    evaluation.set("item", elements[i]);
    auto id = message.delivery_id;
    if (inbound.each && !id.empty()) id += fmt::format("/{}", i);
    ElementMapper(inbound, evaluation, i, elements[i], std::move(id)).map(mapping);
  }
  return mapping;
}

}  // namespace countersign
