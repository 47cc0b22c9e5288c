#pragma once
// A folder with a small workflow and scenarios written for one test.

#include <filesystem>
#include <fstream>
#include <string>

#include "scenario/run.h"
#include "scenario/scenario_loader.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "definition/configuration.h"
#include "definition/connector_loader.h"
#include "tests/store/temporary_folder.h"

namespace countersign::scenario::testing {

inline constexpr const char* kWorkflow = R"(workflow: leave
title: Leave
start:
  - form:
  - event: crm.absence
    requester: person(event.who)
    form:
      days: event.days
form:
  days: {type: integer, required: true, min: 1, label: Days}
  cost: {type: money, currency: CNY}
statuses: [granted, rejected, stopped]
on_event:
  crm.stop: {end: stopped}
key: requester.id
steps:
  - id: manager
    title: May they go?
    approve:
      by: requester.manager
      ask:
        budget: {type: text, required_on: [approved]}
    due: 2 business days
    remind:
      - {after_due: 0 days, every: 1 business day, at_most: 2}
  - id: hr
    when: form.days > 5
    approve:
      by: group("hr")
      need: 1
  - id: book
    call: crm.book
    with:
      days: form.days
    on:
      failed: {end: stopped}
  - set:
      vars.seen: true
  - notify:
      to: requester
      subject: ${form.days} days off
      text: Booked as ${book.number}.
  - end: granted
)";

inline constexpr const char* kConnector = R"(connector: crm
inbound:
  verify: {scheme: standard-webhooks, secret: crm-secret}
  events:
    absence:
      when: body.type == "absence"
      data:
        who: {type: text, required: true, value: body.who}
        days: {type: integer, required: true, value: body.days}
    stop:
      when: body.type == "stop"
      key: string(body.who)
      data:
        who: {type: text, value: body.who}
outbound:
  base: https://crm.example.com
  actions:
    book:
      input: {days: {type: integer}}
      request: {path: /book, json: {days: input.days}}
      output: {number: {type: text, required: true, value: response.json.number}}
)";

inline constexpr const char* kHead = R"(people:
  - {id: ben, name: Ben, mail: ben@example.com, manager: mia}
  - {id: mia, name: Mia, mail: mia@example.com, manager: zoe}
  - {id: zoe, name: Zoe, mail: zoe@example.com}
groups:
  hr: [zoe]
calendars:
  office: {zone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
scenarios:
)";

class ScenarioTest : public ::testing::Test {
 protected:
  ScenarioTest() {
    write("leave.yaml", kWorkflow);
    auto snapshot = std::make_shared<Snapshot>();
    Diagnostics diagnostics;
    snapshot->connectors["crm"] = load_connector("connectors/crm.yaml", kConnector, diagnostics);
    EXPECT_EQ(diagnostics.to_text(), "");
    snapshot->directory = *Directory::build({}, {});
    snapshot->calendars = default_configuration().calendars;
    installation = snapshot;
  }
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder.file(name)) << text;
    return folder.file(name);
  }
  // The scenarios with the usual people.
  RunResult run(const std::string& scenarios, const std::string& filter = {}) {
    return run_text(kHead + scenarios, filter);
  }
  RunResult run_text(const std::string& text, const std::string& filter = {}) {
    const std::string file = write("leave.test.yaml", text);
    auto ran = run_files(
        {file},
        [this](const std::string&) -> Result<std::shared_ptr<const Snapshot>> { return installation; },
        filter);
    EXPECT_TRUE(ran) << ran.error().message;
    return ran ? std::move(*ran) : RunResult();
  }
  // The report, with the folder left out of every path.
  std::string report(const RunResult& ran, const ReportOptions& options = {}) const {
    std::string text = report_text(ran, options);
    const std::string prefix = folder.path() + "/";
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) {
      text.erase(at, prefix.size());
    }
    return text;
  }

  TemporaryFolder folder;
  std::shared_ptr<const Snapshot> installation;
};

}  // namespace countersign::scenario::testing
