// convert(): money of one currency as another's, at the rates beside the workflow.
#include "core/exchange.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "definition/workflow_loader.h"
#include "tests/definition/sample_catalogue.h"

namespace countersign {
namespace {

using ::testing::HasSubstr;

constexpr const char* kRates =
    "from:text,to:text,rate:number\nEUR,CNY,7.8512\nEUR,JPY,160.5\nUSD,JPY,1\nUSD,KWD,0.30845\n";

// A workflow whose form has an amount of euros and `computed` from it.
LoadedWorkflow load_trip(const std::string& computed, const std::string& rates = kRates,
                         const std::string& currency = "CNY") {
  const std::string text = R"(workflow: trip
statuses: [done]
start:
  - form:
form:
  foreign: {type: money, currency: EUR, required: true}
  wanted: {type: text}
  amount:
    type: money
    currency: )" + currency +
                           "\n    computed: '" + computed + R"('
steps:
  - task: {for: requester, title: "${form.amount} for ${form.wanted}"}
  - end: done
)";
  TableTexts tables;
  if (!rates.empty()) tables.emplace("exchange_rates", rates);
  return load_workflow("workflows/trip.yaml", text, {}, testing::sample_catalogue(), tables);
}

std::string converted(const Definition& definition, const char* amount, const std::string& from,
                      const std::string& to) {
  const auto money = exchange::convert(definition, {*Decimal::parse(amount), from}, to);
  return money ? money->to_text() : money.error().message;
}

TEST(Convert, IsExactAndRoundsHalfToEvenToTheMinorUnit) {
  const LoadedWorkflow loaded = load_trip("convert(form.foreign, \"CNY\")");
  ASSERT_NE(loaded.definition, nullptr) << loaded.diagnostics.to_text();
  const Definition& definition = *loaded.definition;
  EXPECT_EQ(converted(definition, "1280.50", "EUR", "CNY"), "10053.46 CNY");
  EXPECT_EQ(converted(definition, "0.01", "EUR", "JPY"), "2 JPY") << "1.605 yen, which has no smaller unit";
  EXPECT_EQ(converted(definition, "0.50", "USD", "JPY"), "0 JPY");
  EXPECT_EQ(converted(definition, "1.50", "USD", "JPY"), "2 JPY");
  EXPECT_EQ(converted(definition, "10", "USD", "KWD"), "3.084 KWD") << "half to even, in thousandths";
  EXPECT_EQ(converted(definition, "12345678901234567890.12", "EUR", "EUR"), "12345678901234567890.12 EUR");
  EXPECT_THAT(converted(definition, "1", "CNY", "EUR"), HasSubstr("there is no rate from CNY to EUR"))
      << "a rate counts in its direction only";
}

TEST(Convert, KnowsTheCurrencyThatItGives) {
  EXPECT_THAT(load_trip("convert(form.foreign, \"JPY\")").diagnostics.to_text(), HasSubstr("error"));
  EXPECT_NE(load_trip("convert(form.foreign, \"JPY\")", kRates, "JPY").definition, nullptr);
  EXPECT_NE(load_trip("convert(form.foreign, \"EUR\")", kRates, "EUR").definition, nullptr)
      << "the same currency needs no rate";
}

TEST(Convert, IsAnErrorOfTheFileWhereThePairIsNotThere) {
  const std::string text = load_trip("convert(form.foreign, \"KWD\")", kRates, "KWD").diagnostics.to_text();
  EXPECT_THAT(text, HasSubstr("there is no rate from EUR to KWD in tables/exchange_rates.csv"));
  EXPECT_THAT(text, HasSubstr("trip.yaml:"));
}

TEST(Convert, IsAnErrorOfTheEvaluationWhereTheCurrencyIsNotWrittenThere) {
  const LoadedWorkflow loaded = load_trip("convert(form.foreign, form.wanted)");
  ASSERT_NE(loaded.definition, nullptr) << loaded.diagnostics.to_text();
  EXPECT_THAT(converted(*loaded.definition, "1", "EUR", "ZZZ"), HasSubstr("no rate from EUR to ZZZ"));
}

TEST(Convert, NeedsItsTable) {
  EXPECT_THAT(load_trip("convert(form.foreign, \"CNY\")", "").diagnostics.to_text(),
              HasSubstr("there is no file tables/exchange_rates.csv"));
  const auto fault = [](const std::string& rates) {
    return load_trip("convert(form.foreign, \"CNY\")", rates).diagnostics.to_text();
  };
  EXPECT_THAT(fault("from:text,to:text\nEUR,CNY\n"), HasSubstr("it needs the column rate:number"));
  EXPECT_THAT(fault("from:text,to:text,rate:number\nEUR,CNY,0\n"), HasSubstr("is not above zero"));
  EXPECT_THAT(fault("from:text,to:text,rate:number\nEUR,CNY,7\nEUR,CNY,8\n"),
              HasSubstr("stands there twice"));
  EXPECT_THAT(fault("from:text,to:text,rate:number\neuro,CNY,7\n"), HasSubstr("'euro' is no currency"));
}

// Instances keep the rates that they were started with: the table is part of the version.
TEST(Convert, AnotherRateIsAnotherVersion) {
  const auto before = load_trip("convert(form.foreign, \"CNY\")").definition;
  const auto after =
      load_trip("convert(form.foreign, \"CNY\")", "from:text,to:text,rate:number\nEUR,CNY,8\n").definition;
  ASSERT_TRUE(before != nullptr && after != nullptr);
  EXPECT_NE(before->version, after->version);
}

}  // namespace
}  // namespace countersign
