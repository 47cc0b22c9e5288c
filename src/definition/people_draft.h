#pragma once
// People as they are read, with the places where everything stands. Internal to the people's loaders.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/calendars.h"
#include "core/directory.h"
#include "definition/diagnostic.h"
#include "definition/yaml.h"

namespace countersign {

class PeopleDraft {
 public:
  PeopleDraft(const Calendars& calendars, Diagnostics& diagnostics)
      : calendars_(calendars), diagnostics_(diagnostics) {}

  std::vector<Person> people;
  std::vector<Group> groups;

  // Remembers where the value at a JSON pointer into {"people": [...], "groups": [...]} stands.
  void stands(std::string pointer, SourceSpan at) { places_.insert_or_assign(std::move(pointer), at); }

  // Each sets the value or reports why not.
  void set_id(Person& person, std::string_view text, SourceSpan at);
  void set_mail(Person& person, std::string_view text, SourceSpan at);
  void set_locale(Person& person, std::string_view text, SourceSpan at);
  void set_calendar(Person& person, std::string_view text, SourceSpan at);
  void set_zone(Person& person, std::string_view text, SourceSpan at);
  void set_quiet_hours(Person& person, std::string_view text, SourceSpan at);
  void set_approval_limit(Person& person, std::string_view text, SourceSpan at);
  // The calendar that holds for the person's days.
  std::shared_ptr<const Calendar> calendar_of(const Person& person) const;

  // Checks everything together. nullptr where `diagnostics` has errors, these or earlier ones.
  std::shared_ptr<const Directory> finish();

 private:
  SourceSpan place_of(std::string_view pointer) const;
  Code code_of(const Error& problem) const;

  const Calendars& calendars_;
  Diagnostics& diagnostics_;
  std::map<std::string, SourceSpan, std::less<>> places_;
};

// Whether a person or a group may have that id: letters of any script, digits, ". _ - @", no spaces.
bool is_id(std::string_view text);

// Both forms of the file.
void read_people_yaml(std::string_view file, std::string_view text, PeopleDraft& draft,
                      Diagnostics& diagnostics);
// The same of a map {people, groups} that stands inside another file.
void read_people_node(const YamlNode& root, PeopleDraft& draft, Diagnostics& diagnostics);
void read_people_csv(std::string_view file, std::string_view text, PeopleDraft& draft,
                     Diagnostics& diagnostics);

// A message's " (did you mean 'x'?)" at its end, taken apart for Diagnostics::error.
struct SuggestedMessage {
  std::string message;
  std::string suggestion;
};
SuggestedMessage take_suggestion(std::string message);

}  // namespace countersign
