#include "app/logging.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/json.h"
#include "base/time.h"

namespace countersign {
namespace {

class JsonLines final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) override {
    const auto level = spdlog::level::to_string_view(message.level);
    const json::object line{{"at", format_rfc3339(std::chrono::time_point_cast<Duration>(message.time))},
                            {"level", json::string_view(level.data(), level.size())},
                            {"message", json::string_view(message.payload.data(), message.payload.size())}};
    const std::string text = json::serialize(line) + "\n";
    to.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<formatter> clone() const override { return std::make_unique<JsonLines>(); }
};

}  // namespace

void set_up_logging(const std::string& level, bool for_people) {
  auto logger =
      std::make_shared<spdlog::logger>("countersign", std::make_shared<spdlog::sinks::stdout_sink_mt>());
  if (for_people) {
    logger->set_pattern("%H:%M:%S %l %v");
  } else {
    logger->set_formatter(std::make_unique<JsonLines>());
  }
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace countersign
