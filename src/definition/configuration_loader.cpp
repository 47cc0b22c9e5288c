#include "definition/configuration_loader.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "base/text.h"
#include "core/address_syntax.h"
#include "definition/calendar_loader.h"
#include "definition/clock_duration.h"
#include "definition/grammar.h"
#include "definition/ledger_loader.h"
#include "definition/map_reader.h"

namespace countersign {
namespace {

constexpr Key kMailKeys[] = {
    {"connector", Shape::text, Need::optional, "a connector of kind email"},
    {"from", Shape::text, Need::optional, "the sender"},
};
constexpr Key kOutboundKeys[] = {
    {"allow", Shape::texts, Need::optional, "networks inside: 10.1.2.0/24"},
};
constexpr Key kLimitKeys[] = {
    {"body_bytes_max", Shape::integer, Need::optional, "of a JSON or form body"},
    {"file_bytes_max", Shape::integer, Need::optional, "of an uploaded file"},
    {"connections_max", Shape::integer, Need::optional, "open connections"},
    {"header_bytes_max", Shape::integer, Need::optional, "of a request's head"},
    {"header_timeout", Shape::duration, Need::optional, "for a request's head"},
    {"body_timeout", Shape::duration, Need::optional, "for a request's body"},
    {"idle_timeout", Shape::duration, Need::optional, "between two requests"},
};
constexpr Key kReminderKeys[] = {
    {"digest", Shape::boolean, Need::optional, "one mail for all reminders of an hour to one person"},
    {"digest_from", Shape::integer, Need::optional, "how many reminders make a digest, at least"},
    {"quiet_hours", Shape::text, Need::optional, "when no reminder leaves: 20:00-08:00"},
    {"per_day", Shape::integer, Need::optional, "mails that remind one person in a day, at most"},
};
constexpr Key kLogKeys[] = {
    {"level", Shape::word, Need::optional, "the least that is logged", "debug|info|warning|error"},
};

const Grammar& mail_grammar() {
  static const Grammar kGrammar{"mail", {map_of({kMailKeys})}};
  return kGrammar;
}
const Grammar& calendars_grammar() {
  static const Grammar kGrammar{"calendars", {names_of(calendar_grammar)}};
  return kGrammar;
}
const Grammar& ledger_grammar() {
  static const Grammar kGrammar{"ledger", {map_of({ledger_keys()})}};
  return kGrammar;
}
const Grammar& ledgers_grammar() {
  static const Grammar kGrammar{"ledgers", {names_of(ledger_grammar)}};
  return kGrammar;
}
const Grammar& outbound_grammar() {
  static const Grammar kGrammar{"outbound", {map_of({kOutboundKeys})}};
  return kGrammar;
}
const Grammar& limits_grammar() {
  static const Grammar kGrammar{"limits", {map_of({kLimitKeys})}};
  return kGrammar;
}
const Grammar& reminder_settings_grammar() {
  static const Grammar kGrammar{"reminders", {map_of({kReminderKeys})}};
  return kGrammar;
}
const Grammar& log_grammar() {
  static const Grammar kGrammar{"log", {map_of({kLogKeys})}};
  return kGrammar;
}

constexpr Key kConfigurationKeys[] = {
    {"listen", Shape::text, Need::optional, "address and port of the HTTP server"},
    {"public_url", Shape::text, Need::optional, "what all links are built from"},
    {"data", Shape::text, Need::optional, "the folder of the database and of files"},
    {"workflows", Shape::texts, Need::optional, "folders or files"},
    {"connectors", Shape::texts, Need::optional, "folders or files"},
    {"people", Shape::text, Need::optional, "the file of people and groups"},
    {"secrets", Shape::text, Need::optional, "the folder of secrets, a file for each"},
    {"mail", Shape::map, Need::optional, "how mail leaves", "", mail_grammar},
    {"calendar", Shape::text, Need::optional, "the default calendar"},
    {"calendars", Shape::map, Need::optional, "working calendars by name", "", calendars_grammar},
    {"ledgers", Shape::map, Need::optional, "budgets by name", "", ledgers_grammar},
    {"reminders", Shape::map, Need::optional, "how people are reminded", "", reminder_settings_grammar},
    {"outbound", Shape::map, Need::optional, "where connectors and mail may reach", "", outbound_grammar},
    {"limits", Shape::map, Need::optional, "what clients may send", "", limits_grammar},
    {"stop_within", Shape::duration, Need::optional, "how long a graceful stop may take"},
    {"log", Shape::map, Need::optional, "what is logged", "", log_grammar},
};

// A single address, in the spelling of inet_pton.
bool is_address(const std::string& text, int& bits) {
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) {
    bits = 32;
    return true;
  }
  bits = 128;
  return inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

// "10.1.2.0/24" or one address. Whether bits stand behind the prefix is the address policy's to say.
bool is_network(const std::string& text) {
  const auto slash = text.find('/');
  int bits = 0;
  if (!is_address(text.substr(0, slash), bits)) return false;
  if (slash == std::string::npos) return true;
  const auto prefix = text.substr(slash + 1);
  if (prefix.empty() || prefix.size() > 3 || prefix.find_first_not_of("0123456789") != std::string::npos)
    return false;
  return std::stoi(prefix) <= bits;
}

std::shared_ptr<const Calendar> standard_calendar() {
  auto calendar = Calendar::make(CalendarSettings::standard());
  COUNTERSIGN_INVARIANT(calendar.has_value(), "the built-in calendar is a good one");
  return std::make_shared<const Calendar>(std::move(*calendar));
}

std::string own_url(const Configuration& configuration) {
  const std::string& host = configuration.listen_host;
  const bool is_v6 = host.find(':') != std::string::npos;
  return fmt::format("http://{}:{}", is_v6 ? "[" + host + "]" : host, configuration.listen_port);
}

bool is_loopback(const std::string& host) {
  return host.starts_with("127.") || host == "::1";
}

constexpr const char* kNeedsPublicUrl =
    "'public_url' is needed: others reach this address, and links must lead back to it";

bool parse_listen(const std::string& text, Configuration& configuration) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return false;
  auto host = text.substr(0, colon);
  const auto port = text.substr(colon + 1);
  if (host == "localhost") host = "127.0.0.1";
  const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  int bits = 0;
  if (!is_address(host, bits) || is_bracketed != (bits == 128)) return false;
  if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos)
    return false;
  const int number = std::stoi(port);
  if (number > 65535) return false;
  configuration.listen_host = host;
  configuration.listen_port = static_cast<std::uint16_t>(number);
  return true;
}

std::string no_address_to_listen_on(std::string_view text) {
  return fmt::format("'{}' is no address to listen on (expected 127.0.0.1:8080 or [::1]:8080)",
                     excerpt(text));
}

class ConfigurationReader {
 public:
  ConfigurationReader(const YamlDocument& document, const FileReader& read, Diagnostics& diagnostics)
      : read_(read),
        diagnostics_(diagnostics),
        file_(document.source.file()),
        folder_(folder_of(file_)),
        map_(document.root, "the configuration", kConfigurationKeys, diagnostics) {}

  Configuration read() {
    configuration_.file = file_;
    for (const Key& key : kConfigurationKeys) {
      if (map_.find(key.name) != nullptr) configuration_.named.emplace(key.name);
    }
    read_listen();
    read_public_url();
    read_paths();
    read_mail();
    read_calendars_of();
    if (const auto* ledgers = map_.find("ledgers"))
      configuration_.ledgers = read_ledgers(*ledgers, diagnostics_);
    read_reminders();
    read_outbound();
    read_limits();
    configuration_.stop_within =
        read_clock_duration(map_, "stop_within", configuration_.stop_within, std::chrono::minutes(10));
    if (const auto* log = map_.find("log")) {
      const MapReader keys(*log, "'log'", kLogKeys, diagnostics_);
      configuration_.log_level = keys.text("level", configuration_.log_level);
    }
    return std::move(configuration_);
  }

 private:
  static std::string folder_of(const std::string& file) {
    const auto slash = file.rfind('/');
    if (slash == 0) return "/";
    return slash == std::string::npos ? std::string() : file.substr(0, slash);
  }

  void read_listen() {
    if (const auto* listen = map_.find("listen")) {
      if (!parse_listen(listen->text, configuration_))
        diagnostics_.error(Code::bad_value, listen->at, no_address_to_listen_on(listen->text));
    }
    configuration_.public_url = own_url(configuration_);
  }

  void read_public_url() {
    const auto* url = map_.find("public_url");
    if (url == nullptr) {
      if (!is_loopback(configuration_.listen_host))
        diagnostics_.error(Code::missing_key, map_.at("listen"), kNeedsPublicUrl);
      return;
    }
    if (const auto fault = web_address_fault(url->text)) {
      diagnostics_.error(Code::bad_value, url->at, *fault);
    } else if (url->text.find_first_of("?#") != std::string::npos) {
      diagnostics_.error(Code::bad_value, url->at, "'public_url' has no '?' and no '#'");
    } else {
      configuration_.public_url = url->text;
      while (configuration_.public_url.ends_with('/')) configuration_.public_url.pop_back();
    }
  }

  std::string path_at(std::string_view key, const std::string& otherwise) {
    const auto path = map_.text(key, otherwise);
    if (map_.find(key) && path.empty())
      diagnostics_.error(Code::bad_value, map_.at(key), fmt::format("'{}' is empty", key));
    return path_below(folder_, path);
  }
  std::vector<std::string> paths_at(std::string_view key, const std::vector<std::string>& otherwise) {
    std::vector<std::string> paths;
    for (const auto& path : map_.find(key) ? map_.texts(key) : otherwise)
      paths.push_back(path_below(folder_, path));
    return paths;
  }
  void read_paths() {
    const Configuration defaults;
    configuration_.data = path_at("data", defaults.data);
    configuration_.people = path_at("people", defaults.people);
    configuration_.secrets = path_at("secrets", defaults.secrets);
    configuration_.workflows = paths_at("workflows", defaults.workflows);
    configuration_.connectors = paths_at("connectors", defaults.connectors);
  }

  void read_mail() {
    const auto* mail = map_.find("mail");
    if (mail == nullptr) return;
    const MapReader keys(*mail, "'mail'", kMailKeys, diagnostics_);
    configuration_.mail.connector = keys.text("connector", configuration_.mail.connector);
    configuration_.mail.from = keys.text("from");
    if (keys.find("connector")) configuration_.mail.connector_at = keys.at("connector");
    const auto& from = configuration_.mail.from;
    const auto open = from.find('<');
    const auto address = open == std::string::npos ? from : from.substr(open + 1, from.size() - open - 2);
    const bool good = !has_control_characters(from) && (open == std::string::npos || from.ends_with('>')) &&
                      !mail_address_fault(address);
    if (keys.find("from") && !good) {
      diagnostics_.error(
          Code::bad_value, keys.at("from"),
          fmt::format("'{}' is no sender (expected Approvals <approvals@example.com>)", excerpt(from)));
    }
  }

  void read_calendars_of() {
    auto& calendars = configuration_.calendars;
    const auto* node = map_.find("calendars");
    if (node != nullptr) calendars = read_calendars(*node, folder_, read_, diagnostics_);
    const auto* chosen = map_.find("calendar");
    const std::size_t written = node != nullptr ? node->entries.size() : 0;
    if (chosen != nullptr) {
      configuration_.default_calendar = chosen->text;
      if (node == nullptr || node->find(chosen->text) == nullptr) {
        report_unknown_name(diagnostics_, Code::unknown_calendar, chosen->at,
                            fmt::format("unknown calendar '{}'", excerpt(chosen->text)), chosen->text,
                            known_names(calendars));
      }
    } else if (written == 1) {
      configuration_.default_calendar = node->entries.front().key;
    } else if (written > 1) {
      diagnostics_.error(Code::missing_key, map_.key_at("calendars"),
                         "'calendar' is needed: it names which of the calendars is the default one");
    }
    const auto found = calendars.find(configuration_.default_calendar);
    calendars.emplace("", found != calendars.end() ? found->second : standard_calendar());
  }

  void read_reminders() {
    const auto* node = map_.find("reminders");
    if (node == nullptr) return;
    const MapReader keys(*node, "'reminders'", kReminderKeys, diagnostics_);
    ReminderSettings& reminders = configuration_.reminders;
    reminders.digest = keys.boolean("digest", reminders.digest);
    reminders.digest_from =
        static_cast<std::uint32_t>(keys.integer("digest_from", reminders.digest_from, 2, 100));
    reminders.per_day = static_cast<std::uint32_t>(keys.integer("per_day", reminders.per_day, 1, 1000));
    if (const auto* quiet = keys.find("quiet_hours")) {
      const auto hours = parse_quiet_hours(quiet->text);
      if (!hours) return diagnostics_.error(Code::bad_value, quiet->at, hours.error().message);
      reminders.quiet_hours = *hours;
    }
  }

  void read_outbound() {
    const auto* outbound = map_.find("outbound");
    if (outbound == nullptr) return;
    const MapReader keys(*outbound, "'outbound'", kOutboundKeys, diagnostics_);
    const auto* allow = keys.find("allow");
    if (allow == nullptr) return;
    for (const auto& item : allow->items) {
      if (item.is_scalar() && !is_network(item.text)) {
        diagnostics_.error(
            Code::bad_value, item.at,
            fmt::format("'{}' is no network (expected 10.1.2.0/24 or fd00::/8)", excerpt(item.text)));
      } else if (item.is_scalar()) {
        configuration_.allowed_networks.push_back(item.text);
      }
    }
  }

  void read_limits() {
    const auto* node = map_.find("limits");
    if (node == nullptr) return;
    const MapReader keys(*node, "'limits'", kLimitKeys, diagnostics_);
    auto& limits = configuration_.limits;
    const auto size = [&](std::string_view key, std::size_t& value, std::int64_t min, std::int64_t max) {
      value = static_cast<std::size_t>(keys.integer(key, static_cast<std::int64_t>(value), min, max));
    };
    size("body_bytes_max", limits.body_bytes_max, 1024, 64 << 20);
    size("file_bytes_max", limits.file_bytes_max, 1024, std::int64_t{1} << 30);
    size("connections_max", limits.connections_max, 1, 100'000);
    size("header_bytes_max", limits.header_bytes_max, 1024, 1 << 20);
    limits.header_timeout =
        read_clock_duration(keys, "header_timeout", limits.header_timeout, std::chrono::minutes(5));
    limits.body_timeout =
        read_clock_duration(keys, "body_timeout", limits.body_timeout, std::chrono::minutes(10));
    limits.idle_timeout =
        read_clock_duration(keys, "idle_timeout", limits.idle_timeout, std::chrono::minutes(10));
  }

  const FileReader& read_;
  Diagnostics& diagnostics_;
  std::string file_;
  std::string folder_;
  MapReader map_;
  Configuration configuration_;
};

}  // namespace

const Grammar& configuration_grammar() {
  static const Grammar kGrammar{"configuration", {map_of({kConfigurationKeys})}};
  return kGrammar;
}

Configuration default_configuration() {
  Configuration configuration;
  configuration.calendars.emplace("", standard_calendar());
  return configuration;
}

std::optional<std::string> set_listen(Configuration& configuration, std::string_view text) {
  if (!parse_listen(std::string(text), configuration)) return no_address_to_listen_on(text);
  if (configuration.named.contains("public_url")) return std::nullopt;
  if (!is_loopback(configuration.listen_host)) return kNeedsPublicUrl;
  configuration.public_url = own_url(configuration);
  return std::nullopt;
}

std::optional<Configuration> load_configuration(std::string_view file, std::string_view text,
                                                const FileReader& read, Diagnostics& diagnostics) {
  const auto document = read_yaml(file, text, diagnostics);
  if (!document) return std::nullopt;
  auto configuration = ConfigurationReader(*document, read, diagnostics).read();
  if (diagnostics.has_errors()) return std::nullopt;
  return configuration;
}

}  // namespace countersign
