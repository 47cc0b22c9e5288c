// The official tests of CEL (a selection): checked as each asks, and a second time without the checker.

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "base/json.h"
#include "cel/jsonl.h"
#include "tests/source_folder.h"

namespace countersign::cel {
namespace {

const std::filesystem::path kTests =
    std::filesystem::path(source_folder()) / "../shared/cel/conformance-open.jsonl";

// Equal in kind and value; 1, 1u and 1.0 differ, any NaN is any NaN, maps in any order.
bool same(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  if (a.is(Kind::double_) && std::isnan(a.as_double())) return std::isnan(b.as_double());
  if (a.is(Kind::list)) {
    if (a.as_list().size() != b.as_list().size()) return false;
    for (std::size_t i = 0; i < a.as_list().size(); ++i) {
      if (!same(a.as_list()[i], b.as_list()[i])) return false;
    }
    return true;
  }
  if (a.is(Kind::map)) {
    if (a.as_map().size() != b.as_map().size()) return false;
    for (const auto& [key, value] : a.as_map()) {
      const Value* other = b.as_map().find(key);
      if (other == nullptr || !same(value, *other)) return false;
    }
    return true;
  }
  return a == b;
}

// What is wrong with the answer, or "".
std::string judge(const json::value& expect, const json::value& answer) {
  if (find(expect, "error") != nullptr)
    return find(answer, "error") != nullptr ? "" : "an error was expected";
  const json::value* wanted = find(expect, "value");
  const json::value* given = find(answer, "value");
  if (given == nullptr) return "a value was expected";
  const auto a = decode_typed(*wanted);
  const auto b = decode_typed(*given);
  if (!a || !b) return "a typed value cannot be read";
  return same(*a, *b) ? "" : "the value differs";
}

class Conformance {
 public:
  void run(const json::value& test) {
    const std::string id = string_at(test, "id");
    const json::value& expect = *find(test, "expect");
    const bool check_only = flag(test, "check_only");
    const bool disputed = json::serialize(*find(test, "tags")).find("disputed") != std::string::npos;
    json::object line = test.as_object();
    line.erase("expect");
    if (find(expect, "type") != nullptr && !disputed) {
      line["check_only"] = true;
      const json::value answer = evaluate(line);
      EXPECT_EQ(string_at(answer, "type"), string_at(expect, "type")) << id << " " << json::serialize(answer);
      line["check_only"] = check_only;
    }
    if (check_only) {
      ++passed;
      return;
    }
    evaluate_as(line, id, expect, disputed);
    if (!flag(test, "disable_check")) {
      // The checker lets pass what fails only when evaluated, too.
      line["disable_check"] = true;
      evaluate_as(line, id + " (unchecked)", expect, disputed);
      if (find(expect, "error") != nullptr) {
        line["disable_check"] = false;
        line["check_only"] = true;
        EXPECT_EQ(find(evaluate(line), "error"), nullptr) << id << ": the checker is too strict";
      }
    }
  }

  int passed = 0;
  int disputed_failed = 0;

 private:
  static bool flag(const json::value& of, std::string_view key) {
    const json::value* value = find(of, key);
    return value != nullptr && value->is_bool() && value->as_bool();
  }
  static json::value evaluate(const json::object& line) {
    return json::parse(evaluate_jsonl_line(json::serialize(line)));
  }
  void evaluate_as(const json::object& line, const std::string& id, const json::value& expect,
                   bool disputed) {
    const json::value answer = evaluate(line);
    const std::string wrong = judge(expect, answer);
    if (!wrong.empty() && disputed) {
      ++disputed_failed;
      return;
    }
    EXPECT_EQ(wrong, "") << id << ": " << json::serialize(*find(line, "expr")) << "\n  expected "
                         << json::serialize(expect) << "\n  answered " << json::serialize(answer);
    if (wrong.empty()) ++passed;
  }
};

TEST(Conformance, OfficialTestsPassCheckedAndUnchecked) {
  std::ifstream file(kTests);
  if (!file) GTEST_SKIP() << kTests << " is not there";
  Conformance conformance;
  int tests = 0;
  for (std::string line; std::getline(file, line);) {
    const auto test = parse_json(line);
    ASSERT_TRUE(test.has_value()) << test.error().message;
    conformance.run(*test);
    ++tests;
  }
  EXPECT_EQ(tests, 953);
  EXPECT_EQ(conformance.disputed_failed, 0);
  RecordProperty("tests", tests);
  RecordProperty("passed", conformance.passed);
}

}  // namespace
}  // namespace countersign::cel
