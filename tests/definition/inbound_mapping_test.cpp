#include "core/inbound_mapping.h"

#include "tests/definition/connector_fixture.h"
#include "tests/source_folder.h"

namespace countersign::connectors {
namespace {

using InboundMappingTest = ConnectorTest;

std::string shown(const cel::Value& data, std::string_view name) {
  const auto* value = data.as_map().find(name);
  return value != nullptr ? cel::to_display(*value) : "(absent)";
}

TEST_F(InboundMappingTest, ASignedEventBecomesTypedData) {
  const auto generic = shipped("generic");
  const auto mapping = map(*generic, R"({"type": "deal.negotiation", "timestamp": "2026-03-02T10:14:00Z",
      "data": {"deal": "D-1042", "customer": "恒通物流", "amount": 84000.5, "owner": "li.na@example.com",
               "discount": "12.5", "term_months": 24, "link": "https://crm.example.com/D-1042"}})",
                           "msg_1");
  ASSERT_TRUE(mapping.has_value());
  EXPECT_TRUE(mapping->errors.empty());
  ASSERT_EQ(mapping->events.size(), 1U);
  const auto& event = mapping->events[0];
  EXPECT_EQ(event.event, "deal_negotiation");
  EXPECT_EQ(event.key, "D-1042");
  EXPECT_EQ(event.delivery_id, "msg_1");
  EXPECT_EQ(event.order_key, "deal.negotiation/D-1042");
  EXPECT_EQ(event.order_by, 1772446440000);
  EXPECT_EQ(shown(event.data, "amount"), "84000.50 CNY");
  EXPECT_EQ(shown(event.data, "discount"), "12.5");
  EXPECT_TRUE(event.data.as_map().find("discount")->is(cel::Kind::decimal));
  EXPECT_EQ(shown(event.data, "term_months"), "24");
  EXPECT_EQ(shown(event.data, "title"), "") << "an empty text is \"\"";
  EXPECT_EQ(shown(event.data, "strategic"), "false");
}

TEST_F(InboundMappingTest, WhatDoesNotFitIsAnErrorOfTheElement) {
  const auto generic = shipped("generic");
  const auto mapping = map(*generic, R"({"type": "claim.filed", "timestamp": "2026-03-02T10:14:00Z",
      "data": {"title": "Trip", "total": "8,200", "employee": ""}})");
  ASSERT_TRUE(mapping.has_value());
  EXPECT_TRUE(mapping->events.empty());
  ASSERT_EQ(mapping->errors.size(), 1U);
  EXPECT_EQ(mapping->errors[0].pointer, "/0");
  EXPECT_EQ(mapping->errors[0].message,
            "element 0, claim_filed: cannot map the data: 'total': '8,200' is not an amount: write it as "
            "8200.00 (no "
            "grouping commas, and a point in front of decimals)");
  const auto missing = map(*generic, R"({"type": "claim.filed", "timestamp": "2026-03-02T10:14:00Z",
      "data": {"title": "Trip", "employee": "li.na"}})");
  ASSERT_EQ(missing->errors.size(), 1U);
  EXPECT_TRUE(missing->errors[0].message.starts_with(
      "element 0, claim_filed: cannot map the data: cannot read 'total'"))
      << missing->errors[0].message;
  const auto blank = map(*generic, R"({"type": "claim.filed", "timestamp": "2026-03-02T10:14:00Z",
      "data": {"title": "Trip", "total": 1, "employee": " "}})");
  ASSERT_EQ(blank->errors.size(), 1U);
  EXPECT_EQ(blank->errors[0].message,
            "element 0, claim_filed: cannot map the data: 'employee': 'employee' is required");
}

TEST_F(InboundMappingTest, WhatIsOfNoInterestIsCounted) {
  const auto mapping =
      map(*shipped("generic"), R"({"type": "contact.created", "timestamp": "x", "data": {}})");
  ASSERT_TRUE(mapping.has_value());
  EXPECT_TRUE(mapping->events.empty() && mapping->errors.empty());
  EXPECT_EQ(mapping->ignored, 1U);
}

TEST_F(InboundMappingTest, OneBadElementLeavesTheOthersAlone) {
  const auto connector = connector_of(R"(
inbound:
  verify: {scheme: github, secret: s}
  each: body.items
  id: item.id
  order: {key: '"all"', by: item.at}
  events:
    paid:
      when: item.kind == "paid"
      key: item.id
      data:
        sum: {type: number, required: true, value: item.sum}
        who: {type: person, value: "item.?who"}
        from: {type: text, value: 'request.headers["x-from"]'}
)");
  const auto mapping = map(*connector, R"({"items": [
      {"id": 7, "at": 1, "kind": "paid", "sum": 1.50, "who": "li.na@example.com"},
      {"id": 8, "at": 2, "kind": "paid", "sum": "much"},
      {"id": 9, "at": "soon", "kind": "paid", "sum": 1},
      {"kind": "paid", "at": 3, "sum": 1},
      {"at": 4},
      {"id": 11, "at": "2026-03-02T10:14:00Z", "kind": "paid", "sum": 2}]})",
                           "d", {{"x-from", "erp"}});
  ASSERT_TRUE(mapping.has_value());
  ASSERT_EQ(mapping->events.size(), 2U);
  EXPECT_EQ(mapping->events[0].delivery_id, "7") << "a number's id is its text";
  EXPECT_EQ(mapping->events[0].key, "7");
  EXPECT_EQ(mapping->events[0].order_by, 1);
  EXPECT_EQ(mapping->events[0].data.as_map().find("who")->as_person(), PersonId("li.na"));
  EXPECT_EQ(shown(mapping->events[0].data, "from"), "erp");
  EXPECT_EQ(mapping->events[1].element, 5U);
  EXPECT_EQ(mapping->events[1].order_by, 1772446440000);
  EXPECT_EQ(shown(mapping->events[1].data, "who"), "(absent)");
  std::vector<std::string> pointers;
  for (const auto& error : mapping->errors) pointers.push_back(error.pointer);
  EXPECT_EQ(pointers, (std::vector<std::string>{"/1", "/2", "/3", "/4"}));
  EXPECT_NE(mapping->errors[1].message.find("neither a whole number nor a time"), std::string::npos);
}

TEST_F(InboundMappingTest, ElementsWithoutAnIdAreToldApart) {
  const auto connector = connector_of(R"(
inbound:
  verify: {scheme: github, secret: s}
  each: body
  events: {any: {}}
)");
  const auto mapping = map(*connector, "[{}, {}]", "msg");
  ASSERT_EQ(mapping->events.size(), 2U);
  EXPECT_EQ(mapping->events[0].delivery_id, "msg/0");
  EXPECT_EQ(mapping->events[1].delivery_id, "msg/1");
  EXPECT_EQ(map(*connector, "[{}]")->events[0].delivery_id, "") << "the scheme has none";
}

TEST_F(InboundMappingTest, AMessageThatIsNoListIsRefusedWhole) {
  const auto connector = connector_of(R"(
inbound:
  verify: {scheme: github, secret: s}
  each: body.items
  events: {any: {}}
)");
  EXPECT_NE(map(*connector, R"({"items": {}})").error().message.find("does not give a list"),
            std::string::npos);
  EXPECT_FALSE(map(*connector, R"({})").has_value());
  std::string many = R"({"items": [0)";
  for (std::size_t i = 0; i < kInboundElementsMax; ++i) many += ",0";
  const auto refused = map(*connector, many + "]}");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::too_large);
}

TEST_F(InboundMappingTest, AnEmptyKeyMeansNoInstance) {
  const auto connector = connector_of(R"(
inbound:
  verify: {scheme: github, secret: s}
  events: {done: {key: body.id}}
)");
  EXPECT_EQ(map(*connector, R"({"id": ""})")->errors.size(), 1U);
  EXPECT_EQ(map(*connector, R"({"id": null})")->errors.size(), 1U);
  EXPECT_EQ(map(*connector, R"({"id": {"a": 1}})")->errors.size(), 1U);
  EXPECT_EQ(map(*connector, R"({"id": 9007199254740993})")->events.at(0).key, "9007199254740993");
}

// Payload samples of vendors, where they stand beside the repository.
class VendorPayloads : public ConnectorTest {
 protected:
  std::string body_of(const std::string& name) {
    const auto file = source_folder() + "/../shared/webhooks/payloads/inbound/" + name + ".json";
    const auto sample = read_file(file);
    if (!sample) return "";
    const auto parsed = parse_json(*sample);
    EXPECT_TRUE(parsed.has_value());
    return write_json(*find(*parsed, "body"));
  }
};

TEST_F(VendorPayloads, HubSpotStagesAreEvents) {
  const auto body = body_of("hubspot-deal-property-change");
  if (body.empty()) GTEST_SKIP() << "the payload samples are not beside this checkout";
  const auto mapping = map(*shipped("hubspot"), body);
  ASSERT_TRUE(mapping.has_value());
  EXPECT_TRUE(mapping->errors.empty());
  ASSERT_EQ(mapping->events.size(), 2U) << "the stage, and what it means";
  EXPECT_EQ(mapping->ignored, 1U) << "the amount";
  EXPECT_EQ(mapping->events[0].event, "deal_stage_changed");
  EXPECT_EQ(mapping->events[0].delivery_id, "3816279340");
  EXPECT_EQ(mapping->events[0].order_key, "19283746/dealstage");
  EXPECT_EQ(mapping->events[0].order_by, 1790000000000);
  EXPECT_EQ(shown(mapping->events[0].data, "changed_at"), "2026-09-21T14:13:20Z");
  EXPECT_EQ(mapping->events[1].event, "deal_negotiation");
  EXPECT_EQ(mapping->events[1].key, "19283746");
}

TEST_F(VendorPayloads, OtherCrmsNeedNoCode) {
  const auto pipedrive = connector_of(R"(
inbound:
  verify: {scheme: pipedrive, secret: s}
  order: {key: body.meta.entity_id, by: body.meta.timestamp}
  events:
    stage_changed:
      when: body.meta.entity == "deal" && has(body.previous.stage_id)
      key: body.meta.entity_id
      data:
        value: {type: money, currency: EUR, value: '{"amount": body.data.value, "currency": body.data.currency}'}
)");
  const auto salesforce = connector_of(R"(
inbound:
  verify: {scheme: bearer, secret: s}
  id: body.interviewGuid
  events:
    discount_asked:
      when: body.flow == "Discount_Approval"
      key: body.record.Id
      data:
        discount: {type: number, value: body.record.DiscountPercent__c}
        by: {type: mail, value: body.requestedBy.Email}
)");
  const auto stripe = connector_of(R"(
inbound:
  verify: {scheme: stripe, secret: s}
  id: body.id
  events:
    payout:
      when: body.type.startsWith("payout.")
      data:
        cents: {type: integer, value: body.data.object.amount}
        at: {type: datetime, value: timestamp(body.created)}
)");
  const auto zoho = connector_of(R"(
inbound:
  verify: {scheme: zoho, secret: s, channel_id: "1000000068001"}
  each: body.ids
  events:
    deal_updated:
      when: body.module == "Deals"
      key: item
      data: {deal: {type: text, value: item}}
)");
  if (body_of("pipedrive-deal-change").empty())
    GTEST_SKIP() << "the payload samples are not beside this checkout";

  const auto deal = map(*pipedrive, body_of("pipedrive-deal-change"))->events.at(0);
  EXPECT_EQ(deal.key, "178");
  EXPECT_EQ(shown(deal.data, "value"), "84000.00 EUR");
  EXPECT_EQ(deal.order_by, 1790000000426);
  const auto asked = map(*salesforce, body_of("salesforce-flow-callout"))->events.at(0);
  EXPECT_EQ(asked.delivery_id, "8f3b0d6e1c");
  EXPECT_EQ(shown(asked.data, "discount"), "18.0");
  const auto payout = map(*stripe, body_of("stripe-payout-created"))->events.at(0);
  EXPECT_EQ(shown(payout.data, "cents"), "250000");
  const auto updated = map(*zoho, body_of("zoho-notification"), "n1")->events.at(0);
  EXPECT_EQ(updated.key, "4150868000001144001");
  EXPECT_EQ(updated.delivery_id, "n1/0");
}

}  // namespace
}  // namespace countersign::connectors
