// Evaluating over scalars takes no memory: conditions are looked at after every event of every instance.
#include <atomic>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "tests/cel/evaluate.h"

namespace {

std::atomic<std::size_t> allocations{0};

void* counted(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace countersign::cel {
namespace {

class Scalars final : public Bindings {
 public:
  std::optional<Value> find(std::string_view name) const override {
    if (name == "count") return Value::integer(7);
    if (name == "share") return Value::number(0.5);
    if (name == "urgent") return Value::boolean(true);
    return std::nullopt;
  }
};

std::size_t allocations_of(std::string_view text) {
  Environment environment;
  environment.variables = {{"count", Type::scalar(Type::Tag::int_)},
                           {"share", Type::scalar(Type::Tag::double_)},
                           {"urgent", Type::scalar(Type::Tag::bool_)}};
  const Compilation compiled = compile(text, environment);
  EXPECT_TRUE(compiled.issues.empty()) << text;
  if (!compiled.issues.empty()) return 0;
  const Scalars scalars;
  Cost cost;
  EXPECT_TRUE(compiled.program.evaluate(scalars, no_host(), cost)) << "the first evaluation may make room";
  const std::size_t before = allocations;
  const bool evaluated = compiled.program.evaluate(scalars, no_host(), cost).has_value();
  const std::size_t after = allocations;
  EXPECT_TRUE(evaluated);
  return after - before;
}

TEST(Allocations, ScalarsTakeNone) {
  for (const char* text :
       {"count > 5", "count * 2 + 1 >= 15 && urgent", "urgent ? count : -count", "share < 0.75",
        "!(count == 7) || share * 2.0 > 0.5", "count % 3 == 1 && !urgent || count in [1, 7]"}) {
    EXPECT_EQ(allocations_of(text), 0U) << text;
  }
}

TEST(Allocations, AreCounted) {
  EXPECT_GT(allocations_of("[count, count + 1].map(c, c * 2)"), 0U) << "a list that is made takes memory";
}

}  // namespace
}  // namespace countersign::cel
