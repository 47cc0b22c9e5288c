// One expression a line: answers to good lines and to bad ones.

#include "cel/jsonl.h"

#include <gtest/gtest.h>

namespace countersign::cel {
namespace {

TEST(Jsonl, AnswersWithAValueATypeOrAnError) {
  EXPECT_EQ(evaluate_jsonl_line(R"({"id":"a","expr":"x + 1","bindings":{"x":{"int":"41"}}})"),
            R"({"id":"a","value":{"int":"42"}})");
  EXPECT_EQ(evaluate_jsonl_line(R"({"id":7,"expr":"[1]","check_only":true})"), R"({"id":7,"type":"list(int)"
})");
  EXPECT_EQ(evaluate_jsonl_line(R"({"id":"b","expr":"1/0"})"),
            R"({"id":"b","error":"cannot evaluate '1/0': division by zero"})");
  EXPECT_EQ(evaluate_jsonl_line(R"({"id":"c","expr":"sise('')"
  })"),
            R"({"id":"c","error":"0: unknown function 'sise' (did you mean 'size'?)"
  })");
  EXPECT_EQ(evaluate_jsonl_line(R"({"expr":"1 == 1.0","disable_check":true})"), R"({"value":{"bool":true}})");
  }

TEST(Jsonl, DeclaresVariablesAndFunctionsWithTypeParameters) {
  EXPECT_EQ(evaluate_jsonl_line(
                R"({"id":"a","expr":"pair(1, x)","check_only":true,"type_env":[{"name":"x","type":"list(string)"},)"
                R"({"name":"pair","overloads":[{"id":"p","args":["A","B"],"result":"pair(A, B)","receiver":false,)"
                R"("type_params":["A","B"]}]}]})"),
            R"({"id":"a","type":"pair(int, list(string))"})");
}

TEST(Jsonl, RefusesBadLinesWithAReason) {
  for (const char* line :
       {"", "{", "[]", "1", "{}", R"({"expr":1})", R"({"expr":"x","bindings":{"x":{"int":"a"}}})",
        R"({"expr":"x","bindings":{"x":{"what":"a"}}})", R"({"expr":"x","bindings":{"x":1}})",
        R"({"expr":"1","type_env":[{"name":"x","type":"list("}]})",
        R"({"expr":"1","type_env":[{"name":"f","overloads":[{"args":[1]}]}]})"}) {
    EXPECT_NE(evaluate_jsonl_line(line).find(R"("error":)"), std::string::npos) << line;
  }
}

TEST(Jsonl, KnowsNoProductFunctions) {
  EXPECT_NE(evaluate_jsonl_line(R"({"expr":"decimal('1')"})").find("unknown function"), std::string::npos);
}

}  // namespace
}  // namespace countersign::cel
