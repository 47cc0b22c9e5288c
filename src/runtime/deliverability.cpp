#include "runtime/deliverability.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/address_syntax.h"
#include "definition/map_reader.h"
#include "definition/workflow_files.h"
#include "runtime/outbox_rows.h"

namespace countersign {
namespace {

SourceText source_of(const std::string& file) {
  auto text = read_file(file);
  return SourceText(file, text ? std::move(*text) : std::string());
}

void check_mail(const Configuration& configuration, const Snapshot& snapshot, Diagnostics& found) {
  if (configuration.file.empty()) return;
  const std::string& name = configuration.mail.connector;
  const auto connector = snapshot.connector(name);
  if (connector != nullptr && connector->mail) return;
  found.set_source(source_of(configuration.file));
  if (configuration.mail.connector_at.line != 0) {
    std::vector<std::string> senders;
    for (const auto& [other, each] : snapshot.connectors) {
      if (each->mail) senders.push_back(other);
    }
    return found.error(Code::unknown_connector, configuration.mail.connector_at,
                       connector == nullptr ? fmt::format("unknown connector '{}'", excerpt(name))
                                            : fmt::format("the connector '{}' sends no mail", excerpt(name)),
                       nearest_of(name, senders));
  }
  found.warning(Code::cannot_deliver, {},
                fmt::format("no mail can leave: there is no connector '{}' of kind email (mail.connector may "
                            "name another); until there is one, mail waits, and nobody is told that they are "
                            "asked",
                            name));
}

// The connectors that mail, a workflow, or a person's channel goes through. Others, such as those that come
// with the program, need no secrets.
std::set<std::string> connectors_in_use(const Configuration& configuration, const Snapshot& snapshot) {
  std::set<std::string> names{configuration.mail.connector};
  for (const auto& [id, workflow] : snapshot.workflows) {
    for (const Trigger& trigger : workflow->triggers) names.insert(trigger.connector);
    for (const EventHandler& handler : workflow->on_event) names.insert(handler.connector);
    for (const Step& step : workflow->steps) {
      if (const auto* call = std::get_if<Call>(&step.kind)) names.insert(call->connector);
      if (const auto* notify = std::get_if<Notify>(&step.kind)) names.insert(notify->via);
      const auto* wait = std::get_if<Wait>(&step.kind);
      if (wait != nullptr && wait->event) names.insert(wait->event->connector);
    }
  }
  for (const Person& person : snapshot.directory->people()) {
    for (const auto& [channel, address] : person.channels) names.insert(channel);
  }
  return names;
}

// Channels of people that no message can go through.
void check_channels(const Configuration& configuration, const Snapshot& snapshot, Diagnostics& found) {
  std::map<std::string, std::string> useless;  // with somebody who has it
  for (const Person& person : snapshot.directory->people()) {
    const std::vector<std::string> usable = channels_of(snapshot, person);
    for (const auto& [channel, address] : person.channels) {
      if (person.active && std::ranges::find(usable, channel) == usable.end())
        useless.emplace(channel, person.id.value);
    }
  }
  for (const auto& [channel, person] : useless) {
    found.set_source(SourceText(configuration.people, ""));
    found.warning(
        Code::cannot_deliver, {},
        fmt::format("nobody is told anything over the channel '{}', which {} has: there is no connector "
                    "of that name with an action '{}' that takes to, subject and text",
                    channel, person, kTellAction));
  }
}

std::string file_of(const Configuration& configuration, const std::string& connector) {
  const std::string name = connector + ".yaml";
  for (const std::string& place : configuration.connectors) {
    if (place.ends_with("/" + name) || place == name) return place;
    std::error_code ignored;
    if (std::filesystem::exists(place + "/" + name, ignored)) return place + "/" + name;
  }
  return name;
}

void check_secrets(const Configuration& configuration, const Snapshot& snapshot, const SecretLookup& secrets,
                   Diagnostics& found) {
  for (const std::string& name : connectors_in_use(configuration, snapshot)) {
    const auto connector = snapshot.connector(name);
    if (connector == nullptr) continue;
    for (const std::string& secret : connector->secret_names()) {
      const auto value = secrets(secret);
      if (value) continue;
      found.set_source(SourceText(file_of(configuration, name), ""));
      found.warning(Code::cannot_deliver, {},
                    fmt::format("the connector '{}' cannot be used: {}", name, value.error().message));
    }
  }
}

}  // namespace

Diagnostics deliverability_of(const Configuration& configuration, const Snapshot& snapshot,
                              const SecretLookup& secrets) {
  Diagnostics found;
  check_mail(configuration, snapshot, found);
  check_channels(configuration, snapshot, found);
  check_secrets(configuration, snapshot, secrets, found);
  return found;
}

}  // namespace countersign
