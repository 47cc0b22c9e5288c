// One expression a line: answers to good lines and to bad ones.

#include "cel/jsonl.h"

#include <gtest/gtest.h>

namespace countersign::cel {
namespace {

TEST(Jsonl, AnswersWithAValueATypeOrAnError) {
  EXPECT_EQ(evaluate_jsonl_line(R"j({"id":"a","expr":"x + 1","bindings":{"x":{"int":"41"}}})j"),
            R"j({"id":"a","value":{"int":"42"}})j");
  EXPECT_EQ(evaluate_jsonl_line(R"j({"id":7,"expr":"[1]","check_only":true})j"),
            R"j({"id":7,"type":"list(int)"})j");
  EXPECT_EQ(evaluate_jsonl_line(R"j({"id":"b","expr":"1/0"})j"),
            R"j({"id":"b","error":"cannot evaluate '1/0': division by zero"})j");
  EXPECT_EQ(evaluate_jsonl_line(R"j({"id":"c","expr":"sise('')"})j"),
            R"j({"id":"c","error":"0: unknown function 'sise' (did you mean 'size'?)"})j");
  EXPECT_EQ(evaluate_jsonl_line(R"j({"expr":"1 == 1.0","disable_check":true})j"),
            R"j({"value":{"bool":true}})j");
}

TEST(Jsonl, DeclaresVariablesAndFunctionsWithTypeParameters) {
  EXPECT_EQ(
      evaluate_jsonl_line(
          R"j({"id":"a","expr":"pair(1, x)","check_only":true,"type_env":[{"name":"x","type":"list(string)"},)j"
          R"j({"name":"pair","overloads":[{"id":"p","args":["A","B"],"result":"pair(A, B)","receiver":false,)j"
          R"j("type_params":["A","B"]}]}]})j"),
      R"j({"id":"a","type":"pair(int, list(string))"})j");
}

TEST(Jsonl, RefusesBadLinesWithAReason) {
  for (const char* line :
       {"", "{", "[]", "1", "{}", R"j({"expr":1})j", R"j({"expr":"x","bindings":{"x":{"int":"a"}}})j",
        R"j({"expr":"x","bindings":{"x":{"what":"a"}}})j", R"j({"expr":"x","bindings":{"x":1}})j",
        R"j({"expr":"1","type_env":[{"name":"x","type":"list("}]})j",
        R"j({"expr":"1","type_env":[{"name":"f","overloads":[{"args":[1]}]}]})j"}) {
    EXPECT_NE(evaluate_jsonl_line(line).find(R"j("error":)j"), std::string::npos) << line;
  }
}

TEST(Jsonl, KnowsNoProductFunctions) {
  EXPECT_NE(evaluate_jsonl_line(R"j({"expr":"decimal('1')"})j").find("unknown function"), std::string::npos);
}

}  // namespace
}  // namespace countersign::cel
