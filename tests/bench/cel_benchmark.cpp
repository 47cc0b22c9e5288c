// How long expressions take: warm evaluations as the engine makes them, and compiling.

#include <benchmark/benchmark.h>

#include "cel/program.h"

namespace countersign::cel {
namespace {

class OneForm final : public Bindings {
 public:
  OneForm() {
    Map form;
    form.set("purpose", Value::string("travel"));
    form.set("amount", Value::money({Decimal::from_int(6000), "CNY"}));
    form.set("count", Value::integer(3));
    List lines;
    for (int i = 0; i < 20; ++i) lines.push_back(Value::money({Decimal::from_int(i), "CNY"}));
    form.set("lines", Value::list(std::move(lines)));
    form_ = Value::map(std::move(form));
  }
  std::optional<Value> find(std::string_view name) const override {
    return name == "form" ? form_ : requester_;
  }

 private:
  Value form_;
  Value requester_ = Value::person(PersonId("li.na"));
};

class OneGroup final : public Host {
 public:
  Result<std::optional<Value>> person_field(const PersonId& /*person*/,
                                            std::string_view /*field*/) const override {
    return std::nullopt;
  }
  Result<Value> call(std::string_view /*function*/, std::span<const Value> /*arguments*/) const override {
    return group_;
  }
  Result<std::vector<PersonId>> members(std::string_view /*group*/) const override {
    return std::vector{member_};
  }
  Result<bool> is_member(std::string_view /*group*/, const PersonId& person) const override {
    return person == member_;
  }

 private:
  Value group_ = Value::group("sales");
  PersonId member_{"li.na"};
};

Environment environment() {
  using Tag = Type::Tag;
  Environment environment;
  environment.variables = {
      {"form", Type::record("form", {{"purpose", {Type::scalar(Tag::string), false}},
                                     {"amount", {Type::money("CNY"), false}},
                                     {"count", {Type::scalar(Tag::int_), false}},
                                     {"lines", {Type::list(Type::money("CNY")), false}}})},
      {"requester", Type::scalar(Tag::person)}};
  environment.functions = {
      {"group", {{"group", {Type::scalar(Tag::string)}, Type::scalar(Tag::group), false}}}};
  return environment;
}

void warm(benchmark::State& state, std::string_view source) {
  const Program program = compile(source, environment()).program;
  const OneForm form;
  const OneGroup host;
  for (auto _ : state) {
    Cost cost;
    benchmark::DoNotOptimize(program.evaluate(form, host, cost));
  }
}

void compile_condition(benchmark::State& state) {
  const Environment known = environment();
  for (auto _ : state) {
    benchmark::DoNotOptimize(compile("form.amount > 5000 && requester in group(\"sales\")", known));
  }
}

BENCHMARK_CAPTURE(warm, integers, "form.count > 2");
BENCHMARK_CAPTURE(warm, amount, "form.amount > 5000");
BENCHMARK_CAPTURE(warm, amount_and_group, "form.amount > 5000 && requester in group(\"sales\")");
BENCHMARK_CAPTURE(warm, sum_of_20, "form.lines.sum() == form.amount");
BENCHMARK_CAPTURE(warm, loop_over_20, "form.lines.exists(l, l > 18)");
BENCHMARK(compile_condition);

}  // namespace
}  // namespace countersign::cel

BENCHMARK_MAIN();
