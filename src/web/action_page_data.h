#pragma once
// What the pages of an action link show, as data for their templates. Pure.

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "runtime/presentation.h"
#include "runtime/requests.h"

namespace countersign::web {

// What somebody typed and what was wrong with it, where the page is shown again.
struct Typed {
  std::string outcome;
  std::string comment;
  std::string return_to;
  std::vector<std::string> checklist;
  bool confirmed = false;
  json::value answers;
  json::value form;
};
struct PageProblems {
  std::string message;  // on top; "" for none
  std::vector<Problem> fields;
};

struct ActionPage {
  const Presentation& shown;
  std::string address;  // of this page: PREFIX/a/TOKEN
  std::string csrf;
  std::string sent_to;
  const Typed* typed = nullptr;
  PageProblems problems;
  std::map<std::string, PresentedFile> uploads;  // that stand in no form yet, by id
  std::string file_size_max;                     // "20 MB"
  std::string acts;                              // what may be done beside deciding, as HTML
  bool just_now = false;                         // an act of this very request
  bool with_absences = false;                    // a link to the person's absences
  std::string script;                            // where the page's script is, of `with_view`
  bool with_view = false;                        // says that somebody has looked at it, once they touch it
};

json::object action_page_json(const ActionPage& page);

// The request for somebody who reads it. `done`: their comment was taken with this very request.
json::object readers_page_json(const Presentation& shown, const std::string& address,
                               const std::string& sent_to, std::string comments, bool done);

// The outcome of a closed item. `just_now`: this person has decided it with this very request.
// `acts`: as above; `acted`: one of them was done with this very request.
json::object outcome_json(const Presentation& shown, bool just_now, const std::string& acts, bool acted);

// A message alone.
json::object message_json(std::string_view heading, std::string_view text);

}  // namespace countersign::web
