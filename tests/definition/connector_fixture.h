#pragma once
// Connectors written in the test, or shipped ones, and a directory of two.

#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "core/inbound_mapping.h"
#include "core/outbound_call.h"
#include "definition/connector_loader.h"
#include "definition/workflow_files.h"
#include "tests/source_folder.h"

namespace countersign::connectors {

inline std::shared_ptr<const Connector> connector_of(std::string_view text) {
  Diagnostics diagnostics;
  auto connector =
      load_connector("connectors/test.yaml", "connector: test\n" + std::string(text), diagnostics);
  EXPECT_EQ(diagnostics.to_text(), "");
  return connector;
}

inline std::shared_ptr<const Connector> shipped(const std::string& name) {
  const auto file = source_folder() + "/connectors/" + name + ".yaml";
  Diagnostics diagnostics;
  auto connector = load_connector(file, read_file(file).value(), diagnostics);
  EXPECT_EQ(diagnostics.to_text(), "");
  return connector;
}

inline std::shared_ptr<const Directory> two_people() {
  std::vector<Person> people(2);
  people[0].id = PersonId("li.na");
  people[0].name = "李娜";
  people[0].mail = "li.na@example.com";
  people[1].id = PersonId("zhang.wei");
  people[1].name = "张伟";
  return Directory::build(std::move(people), {{"sales", "", {PersonId("li.na")}}}).value();
}

inline Result<std::string> secret_of(const std::string& name) {
  if (name == "missing") return fail(ErrorCode::not_found, "there is no secret 'missing'");
  return name + "-value";
}

inline cel::Value text(std::string_view value) {
  return cel::Value::string(value);
}

class ConnectorTest : public ::testing::Test {
 protected:
  Result<InboundMapping> map(const Connector& connector, std::string_view body, std::string delivery_id = "",
                             std::map<std::string, std::string> headers = {}) {
    return map_inbound(*connector.inbound,
                       {parse_json(body).value(), std::move(headers), std::move(delivery_id)}, *directory_);
  }
  Result<HttpCall> build(const Connector& connector, std::string_view action, const Fields& input) {
    return build_request(*connector.outbound, action, input, secret_of, *directory_);
  }
  Result<Fields> read(const Connector& connector, std::string_view action, int status, std::string body) {
    return read_reply(*connector.outbound->find_action(action), {}, {status, {}, std::move(body)},
                      *directory_);
  }

  std::shared_ptr<const Directory> directory_ = two_people();
};

}  // namespace countersign::connectors
