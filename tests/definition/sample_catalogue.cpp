#include "tests/definition/sample_catalogue.h"

namespace countersign::testing {
namespace {

Field field(std::string name, FieldType type, bool required = false) {
  Field out;
  out.name = std::move(name);
  out.type = type;
  out.required = required;
  if (type == FieldType::money) out.currency = "CNY";
  return out;
}

Person person(std::string id, std::string manager) {
  Person out;
  out.id = PersonId(id);
  out.name = id;
  out.mail = id + "@example.com";
  if (!manager.empty()) out.manager = PersonId(manager);
  return out;
}

}  // namespace

Catalogue sample_catalogue() {
  Catalogue catalogue;
  catalogue.calendars = {"office", "factory"};
  catalogue.ledgers.emplace();
  for (const char* ledger : {"sales/travel", "sales/meals"}) catalogue.ledgers->emplace(ledger, "CNY");

  ConnectorOutline generic;
  generic.events["claim_filed"].data = {
      field("employee", FieldType::text, true), field("title", FieldType::text, true),
      field("total", FieldType::money, true), field("when", FieldType::date)};
  generic.events["anything"];
  catalogue.connectors["generic"] = generic;

  ConnectorOutline hubspot;
  hubspot.events["deal_lost"].data = {field("deal", FieldType::text, true), field("reason", FieldType::text)};
  hubspot.events["deal_won"].data = {field("deal", FieldType::text, true)};
  hubspot.actions["set_deal_stage"] = {
      {field("deal", FieldType::text, true), field("stage", FieldType::text, true)},
      {field("updated", FieldType::datetime, true)}};
  catalogue.connectors["hubspot"] = hubspot;

  ConnectorOutline robot;
  robot.posts = true;
  catalogue.connectors["robot"] = robot;

  catalogue.workflows["budget-supplement"] = {
      {field("category", FieldType::text, true), field("amount", FieldType::money, true),
       field("note", FieldType::text)},
      {"approved", "rejected"}};

  std::vector<Person> people{person("chen.jie", ""), person("zhang.wei", "chen.jie"),
                             person("li.na", "zhang.wei"), person("wang.fang", "chen.jie"),
                             person("zhao.lei", "chen.jie")};
  Person left = person("gone.away", "");
  left.active = false;
  people.push_back(left);
  const auto group = [](std::string id, std::vector<std::string> members) {
    Group out;
    out.id = std::move(id);
    for (const std::string& member : members) out.members.emplace_back(member);
    return out;
  };
  catalogue.directory = *Directory::build(
      std::move(people), {group("employees", {"li.na", "zhang.wei", "wang.fang", "zhao.lei", "chen.jie"}),
                          group("finance", {"wang.fang", "zhao.lei"}), group("finance-ops", {"wang.fang"}),
                          group("cashier", {"zhao.lei"}), group("legal", {"chen.jie"}), group("nobody", {})});
  return catalogue;
}

}  // namespace countersign::testing
