// Files in requests: taken over, and named in forms.

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "core/form.h"
#include "core/questions.h"
#include "runtime/request_job.h"

namespace countersign {
namespace {

constexpr std::size_t kFileUsesMax = 100;

}  // namespace

// Naming a file in a form shows it to all who see that form, so whoever names one sees it: it is their own
// upload, or stands in what a request shows them. What a system has uploaded is anybody's to name until a
// request holds it.
bool RequestJob::may_name(const FileRow& file, Instant now, const State* before) const {
  const PersonId& person = caller_.actor.person;
  if (caller_.admin || person.empty() || file.uploaded_by == person) return true;
  const auto snapshot = context_.library.current();
  const auto absences = context_.library.absences();
  const auto shows = [&](const State& state) {
    const auto definition = context_.library.version(state.workflow, state.version);
    if (definition == nullptr) return false;
    static const Facts kNoFacts;
    Context context{*definition, *snapshot->directory, snapshot->calendars, kNoFacts, now};
    context.absences = absences.get();
    return shows_file(context, state, person, file.id);
  };
  if (before != nullptr && shows(*before)) return true;
  const auto uses = context_.reader.file_uses(file.id, kFileUsesMax);
  if (!uses) return false;
  if (uses->empty()) return file.uploaded_by.empty();
  InstanceId looked_at;
  return std::ranges::any_of(*uses, [&](const Reader::FileUse& use) {
    if (std::exchange(looked_at, use.instance) == use.instance) return false;
    const auto state = context_.reader.instance(use.instance);
    return state && state->has_value() && shows(**state);
  });
}

FormContext RequestJob::form_context(const Directory& directory, std::string pointer, Instant now,
                                     const State* before) const {
  return FormContext{.directory = directory,
                     .find_file = [this, now, before](std::string_view id) -> std::optional<cel::Map> {
                       const auto row = context_.reader.file(id);
                       if (!row || !*row || !may_name(**row, now, before)) return std::nullopt;
                       cel::Map file;
                       file.set("id", cel::Value::string((*row)->id));
                       file.set("name", cel::Value::string((*row)->name));
                       file.set("size", cel::Value::integer(static_cast<std::int64_t>((*row)->size)));
                       file.set("type", cel::Value::string((*row)->type));
                       file.set("sha256", cel::Value::string((*row)->sha256));
                       return file;
                     },
                     .pointer = std::move(pointer)};
}

Answer RequestJob::handle(const AddFile& request, Transaction& transaction, Instant now) {
  const FileRow row{request.id,   request.sha256,       request.name, request.type,
                    request.size, caller_.actor.person, now};
  if (Result<void> added = transaction.add_file(row); !added) return refuse(added.error());
  return Reply{201, write_json(json::object{{"id", row.id},
                                            {"sha256", row.sha256},
                                            {"name", row.name},
                                            {"size", row.size},
                                            {"type", row.type}})};
}

}  // namespace countersign
