// A thousand scenarios take less than ten seconds: none of them waits for a disk.
#include <ctime>

#include <fmt/format.h>

#include "tests/scenario/scenario_fixture.h"

namespace countersign::scenario::testing {
namespace {

// A build without optimisation takes several times as long; one with sanitizers many times, and plays fewer.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kScenarios = 100;
#else
constexpr std::size_t kScenarios = 1000;
#endif
#if defined(__OPTIMIZE__)
constexpr double kSecondsEach = 0.010;
#else
constexpr double kSecondsEach = 0.050;
#endif

// Processor time: what else runs on the machine takes part in no scenario.
TEST_F(ScenarioTest, AThousandTakeLessThanTenSeconds) {
  std::string scenarios;
  for (std::size_t i = 0; i < kScenarios; ++i) {
    scenarios += fmt::format(R"(
  - name: scenario {}
    steps:
      - start: {{by: ben, form: {{days: 3}}}}
        expect: {{asked: mia}}
      - advance: 3 business days
        expect: {{mail: [{{to: mia, kind: reminder, times: 2}}]}}
      - reject: {{by: mia, comment: no}}
        expect: {{status: rejected}}
)",
                             i);
  }
  const std::clock_t begin = std::clock();
  const RunResult ran = run(scenarios);
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  EXPECT_EQ(ran.count(), kScenarios);
  EXPECT_TRUE(ran.passed()) << report(ran);
  RecordProperty("microseconds_each", static_cast<int>(seconds * 1e6 / kScenarios));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LT(seconds, kSecondsEach * kScenarios);
#endif
}

}  // namespace
}  // namespace countersign::scenario::testing
