#include "web/action_post.h"

#include <algorithm>
#include <atomic>
#include <charconv>

#include "base/digest.h"
#include "core/ask.h"
#include "core/form_encoded.h"
#include "web/fault_words.h"
#include "web/json_views.h"
#include "web/page_phrases.h"
#include "web/page_upload.h"
#include "web/readers_page.h"
#include "web/uri_text.h"

namespace countersign::web {

namespace {

std::string_view text_named(const NamedTexts& pairs, std::string_view name) {
  std::string_view found;
  for (const auto& [each, value] : pairs) {
    if (each == name) found = value;
  }
  return found;
}

std::optional<std::uint32_t> version_in(const NamedTexts& pairs) {
  const std::string_view text = text_named(pairs, "version");
  std::uint32_t version = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return version;
}

bool is_file_field(const Field& field) {
  return field.type == FieldType::file || field.type == FieldType::files;
}

// One form on its way through. Made and used on the pool; the engine's answers come on its own thread and go
// on here on the pool again.
class Submission : public std::enable_shared_from_this<Submission> {
 public:
  Submission(const PageSettings& settings, const Call& call, OpenedLink opened, NamedTexts pairs,
             std::uint32_t version)
      : settings_(settings),
        around_(settings.around),
        call_(call),
        opened_(std::move(opened)),
        pairs_(std::move(pairs)),
        version_(version) {
    if (!opened_.reading.definition) return;
    const Step* step = step_named(*opened_.reading.definition, opened_.item()->step);
    if (step == nullptr) return;
    const auto item = opened_.reading.state.items.find(opened_.link.item);
    if (item != opened_.reading.state.items.end()) asked_ = asked_fields(*step, item->second.entries);
    editable_ = editable_fields(*opened_.reading.definition, *step);
  }

  void go(std::vector<PageUpload::File>& files) {
    std::vector<AddFile> kept;
    for (PageUpload::File& file : files) {
      if (pointer_of(file.control).empty()) continue;  // no control of this page
      auto added = keep(file);
      if (!added) return call_.respond(busy_page());
      if (!*added) continue;
      pairs_.emplace_back(file.control, (*added)->id);
      kept.push_back(std::move(**added));
    }
    missing_ = kept.size();
    if (kept.empty()) return decide();
    for (AddFile& file : kept) {
      submit(around_, caller(), std::move(file), [self = shared_from_this()](const Answer& answer) {
        if (!answer) self->is_lost_ = true;
        if (self->missing_.fetch_sub(1) != 1) return;
        self->on_pool([self] { self->is_lost_ ? self->call_.respond(self->busy_page()) : self->decide(); });
      });
    }
  }

 private:
  HttpReply busy_page() const {
    return message_page(503, opened_.base, opened_.locale, "refused_title", "busy");
  }
  void on_pool(std::function<void()> work) {
    if (!around_.pool.run(std::move(work))) call_.respond(busy_page());
  }

  Caller caller() const { return caller_of_link(opened_.link, "POST /a/{token}"); }

  // Where problems with a file of that control belong; "" where the page has no such control for files.
  std::string pointer_of(const std::string& control) const {
    const bool answer = control.starts_with("a.");
    if (!answer && !control.starts_with("f.")) return {};
    const std::string name = control.substr(2);
    const bool known = std::ranges::any_of(answer ? asked_ : editable_, [&](const Field& field) {
      return field.name == name && is_file_field(field);
    });
    return known ? (answer ? "/answers/" : "/form/") + name : std::string();
  }

  void add_problem(const PageUpload::File& file, std::string_view phrase, const std::string& argument = {}) {
    problems_.push_back({pointer_of(file.control),
                         filled_in(page_phrase(phrase, opened_.locale), {file.name, argument}),
                         FormFault::said});
  }

  // nullopt where the person has to do something about it; an Error where the disk has.
  Result<std::optional<AddFile>> keep(PageUpload::File& file) {
    using Fault = PageUpload::File::Fault;
    if (file.fault == Fault::too_large)
      add_problem(file, "file_too_large", size_words(settings_.file_bytes_max));
    if (file.fault == Fault::too_many)
      add_problem(file, "files_too_many", std::to_string(PageUpload::kFilesMax));
    if (!file.upload) return std::nullopt;
    const auto kept = file.upload->keep(file.name);
    file.upload.reset();  // with its temporary file, where it was not kept
    if (!kept && kept.error().code == ErrorCode::invalid_input) {
      add_problem(file, "file_kind");
      return std::nullopt;
    }
    if (!kept) return std::unexpected(kept.error());
    return AddFile{"f_" + sortable_id(around_.backend.clock.now(), around_.backend.random), kept->sha256,
                   file.name, kept->type, kept->size};
  }

  Typed typed_in_all() const {
    Typed typed;
    FormPairs answers, edits;
    for (const auto& [name, value] : pairs_) {
      if (name == "outcome") typed.outcome = value;
      if (name == "comment") typed.comment = value;
      if (name == "return_to") typed.return_to = value;
      if (name == "check") typed.checklist.push_back(value);
      if (name == "confirmed") typed.confirmed = true;
      if (name.starts_with("a.")) answers.emplace_back(name.substr(2), value);
      if (name.starts_with("f.")) edits.emplace_back(name.substr(2), value);
    }
    typed.answers = from_form_encoded(asked_, answers);
    typed.form = from_form_encoded(editable_, edits);
    // Lists that lost every tick and every row are sent as nothing at all: an empty list is meant.
    for (const Field& field : editable_) {
      const bool is_list = field.type == FieldType::choices || field.type == FieldType::files ||
                           field.type == FieldType::table || field.type == FieldType::people;
      if (is_list) typed.form.as_object().emplace(field.name, json::array());
      if (field.type == FieldType::file) typed.form.as_object().emplace(field.name, nullptr);
    }
    return typed;
  }

  // Where the form asks for another act than a decision.
  bool act() {
    std::optional<PageAct> act = read_act(opened_, pairs_, version_);
    if (!act) return false;
    Caller by = caller();
    by.idempotency_key = act->once;
    by.request_hash = act->once;
    submit(around_, std::move(by), std::move(act->request),
           [self = shared_from_this(), typed = act->typed](const Answer& answer) {
             self->on_pool([self, answer, typed] { self->show_act(answer, typed); });
           });
    return true;
  }

  void show_act(const Answer& answer, TypedAct typed) {
    if (auto fresh = read_instance(around_.backend, opened_.link.instance)) {
      opened_.reading = std::move(*fresh);
    }
    if (answer) return call_.respond(show_page(settings_, opened_, 200, nullptr, {}, true, typed));
    const Error& error = answer.error().error;
    typed.why_not = filled_in(page_phrase("act_refused", opened_.locale), {error.message});
    call_.respond(show_page(settings_, opened_, status_of(error.code), nullptr, {}, false, typed));
  }

  // Whoever sends the page's form has looked at it. That comes before what they send.
  void say_viewed() {
    if (!presentation_of(around_, opened_).awaits_view) return;
    submit(around_, caller(), ViewRequest{opened_.link.instance, opened_.link.item}, [](const Answer&) {});
  }

  void decide() {
    say_viewed();
    if (act()) return;
    typed_ = typed_in_all();
    if (!problems_.empty()) {
      PageProblems problems{std::string(page_phrase("not_accepted", opened_.locale)), std::move(problems_)};
      return call_.respond(show_page(settings_, opened_, 422, &typed_, std::move(problems), false));
    }
    DecisionRequest request;
    request.instance = opened_.link.instance;
    request.item = opened_.link.item;
    request.version = version_;
    request.outcome = typed_.outcome;
    request.comment = typed_.comment;
    request.answers = typed_.answers;
    request.form = typed_.form;
    request.checklist = typed_.checklist;
    request.confirmed = typed_.confirmed;
    if (request.outcome == "returned" && !typed_.return_to.empty()) request.return_to = typed_.return_to;
    submit(around_, caller(), std::move(request), [self = shared_from_this()](const Answer& answer) {
      self->on_pool([self, answer] { self->show(answer); });
    });
  }

  // After the engine has answered: reads again, since the decision may have moved everything.
  void show(const Answer& answer) {
    if (auto fresh = read_instance(around_.backend, opened_.link.instance)) {
      opened_.reading = std::move(*fresh);
    }
    if (answer) return call_.respond(show_page(settings_, opened_, 200, nullptr, {}, true));
    const Refusal& refusal = answer.error();
    const int status = status_of(refusal.error.code);
    PageProblems problems{std::string(page_phrase("not_accepted", opened_.locale)),
                          in_words(refusal.problems, opened_.locale)};
    if (problems.fields.empty()) problems.message = refusal_words(refusal, opened_.locale);
    call_.respond(show_page(settings_, opened_, status, &typed_, std::move(problems), false));
  }

  const PageSettings settings_;
  const Surroundings& around_;
  const Call call_;
  OpenedLink opened_;
  NamedTexts pairs_;
  const std::uint32_t version_;
  std::vector<Field> asked_, editable_;
  std::vector<Problem> problems_;  // with files, in the page's words
  Typed typed_;
  std::atomic<std::size_t> missing_{0};
  std::atomic<bool> is_lost_{false};
};

}  // namespace

void post_page(const PageSettings& settings, const Call& call) {
  const Surroundings& around = settings.around;
  auto opened = open_link(around, call, Opens::readers_too);
  if (!opened) return call.respond(std::move(opened.error()));
  if (opened->is_readers()) return post_readers_page(around, call, std::move(*opened));
  const auto refuse = [&](int status, std::string_view text) {
    call.respond(message_page(status, opened->base, opened->locale, "refused_title", text));
  };
  if (comes_from_elsewhere(around, call.request)) return refuse(403, "expired_form");
  auto* upload = dynamic_cast<PageUpload*>(call.sink.get());
  std::optional<NamedTexts> pairs;
  if (upload == nullptr) {
    pairs = parse_named_texts(call.request.body);
  } else if (upload->finish()) {
    pairs = std::move(upload->texts());
  }
  if (!pairs) return refuse(400, "expired_form");
  if (opened->item()->status != ItemStatus::open && upload != nullptr) {
    // Its parts were not looked at.
    return call.respond(show_page(settings, *opened, 200, nullptr, {}, false));
  }
  const std::string csrf(text_named(*pairs, "csrf"));
  if (!equal_in_constant_time(csrf, csrf_token(around, opened->link, opened->token))) {
    return refuse(403, "expired_form");
  }
  // Acts beside deciding are judged by the core, whatever became of the item.
  if (opened->item()->status != ItemStatus::open && text_named(*pairs, "act").empty()) {
    return call.respond(show_page(settings, *opened, 200, nullptr, {}, false));
  }
  const auto version = version_in(*pairs);
  if (!version) return refuse(400, "expired_form");
  const auto submission =
      std::make_shared<Submission>(settings, call, std::move(*opened), std::move(*pairs), *version);
  std::vector<PageUpload::File> none;
  submission->go(upload == nullptr ? none : upload->files());
}

void post_view(const PageSettings& settings, const Call& call) {
  const Surroundings& around = settings.around;
  auto opened = open_link(around, call);
  if (!opened) return call.respond(std::move(opened.error()));
  const auto pairs = parse_named_texts(call.request.body);
  const std::string csrf(pairs ? text_named(*pairs, "csrf") : std::string_view());
  if (comes_from_elsewhere(around, call.request) ||
      !equal_in_constant_time(csrf, csrf_token(around, opened->link, opened->token))) {
    return call.respond(problem(403, "the page does not say so", call.request.path));
  }
  submit(around, caller_of_link(opened->link, "POST /a/{token}/view"),
         ViewRequest{opened->link.instance, opened->link.item},
         [respond = call.respond, path = call.request.path](const Answer& answer) {
           if (!answer) return respond(reply_of(answer, path));
           HttpReply reply;
           reply.status = 204;
           respond(std::move(reply));
         });
}

}  // namespace countersign::web
