#include "runtime/engine_rows.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/form_rules.h"
#include "runtime/outbox_rows.h"

namespace countersign {
namespace {

// No answer of the core: the batch is in trouble, or what is stored is damaged. The row's job is rolled back.
bool is_failure(const Error& error) {
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::storage ||
         error.code == ErrorCode::corrupt || error.code == ErrorCode::internal;
}

int depth_of(const InstanceId& id) {
  return static_cast<int>(std::count(id.value.begin(), id.value.end(), '-'));
}

// The child's parent and activation, as its id spells them (child_id).
InstanceId parent_of(const InstanceId& child) {
  return InstanceId(child.value.substr(0, child.value.rfind('-')));
}

Result<void> tell_parent(const JobContext& context, const StartChildPayload& start, std::string status,
                         std::string why, Transaction& transaction, Instant now) {
  if (!start.activation) return {};  // nobody waits: consume_engine_row() gives the row up
  const ChildEnded command{start.activation, start.child, std::move(status), std::move(why)};
  auto executed = context.execution.run(transaction, parent_of(start.child), command, now);
  if (executed || !is_failure(executed.error().error)) return {};
  return std::unexpected(executed.error().error);
}

// The parent's values as the child's fields take them, with all their rules. Returns what does not fit, ""
// for nothing.
std::string fill_form(const Definition& definition, const StartChildPayload& start, const Snapshot& snapshot,
                      Fields& form, Instant now) {
  static const Facts kNoFacts;
  const Context context{definition, *snapshot.directory, snapshot.calendars, kNoFacts, now};
  for (const Field& field : definition.form) {
    if (auto empty = empty_value(field)) form.insert_or_assign(field.name, std::move(*empty));
    const auto given = start.form.find(field.name);
    if (given == start.form.end()) continue;
    Result<cel::Value> fitting = fit_field(field, given->second, context.directory);
    if (!fitting && fitting.error().code == ErrorCode::not_found) continue;
    if (!fitting) return fmt::format("{}: {}", field.name, fitting.error().message);
    form.insert_or_assign(field.name, std::move(*fitting));
  }
  return {};
}

// What became of a row. Given up is what was refused and nobody else hears of: an administrator does.
struct Consumed {
  std::string detail;
  bool given_up = false;
};

Result<Consumed> start_child(const JobContext& context, const OutboxRow& row, Transaction& transaction,
                             Instant now) {
  auto start = read_start_child(row);
  if (!start) return std::unexpected(start.error());
  const auto existing = transaction.load(start->child);
  if (!existing) return std::unexpected(existing.error());
  if (*existing != nullptr) {
    const State& child = **existing;
    if (!child.ended) return Consumed{"started before"};
    const auto told = tell_parent(context, *start, child.status, {}, transaction, now);
    if (!told) return std::unexpected(told.error());
    return Consumed{fmt::format("started before, and {}", child.status)};
  }
  const auto snapshot = context.library.current();
  const auto definition = snapshot->workflow(start->workflow);
  std::string why;
  if (definition == nullptr) {
    why = fmt::format("there is no workflow '{}'", start->workflow.value);
  } else if (depth_of(start->child) > kChildDepthMax) {
    why = fmt::format("workflows start each other more than {} levels deep", kChildDepthMax);
  } else {
    Start command;
    command.workflow = start->workflow;
    command.requester = start->requester;
    command.by = Actor{.kind = Actor::Kind::system, .channel = "workflow"};
    command.trigger = "run";
    command.parent = parent_of(start->child);
    command.parent_activation = start->activation;
    why = fill_form(*definition, *start, *snapshot, command.form, now);
    if (why.empty()) {
      auto executed = context.execution.start(transaction, start->child, command, definition, now);
      if (executed && !executed->existing) return Consumed{"started"};
      if (!executed && is_failure(executed.error().error)) return std::unexpected(executed.error().error);
      why = executed ? fmt::format("an open instance has this key ({})", executed->existing->value)
                     : executed.error().error.message;
    }
  }
  if (auto told = tell_parent(context, *start, {}, why, transaction, now); !told) {
    return std::unexpected(told.error());
  }
  return Consumed{fmt::format("'{}' was not started: {}", start->workflow.value, why), !start->activation};
}

Result<Consumed> apply_row(const JobContext& context, const OutboxRow& row, Transaction& transaction,
                           Instant now) {
  if (row.kind == "start_child") return start_child(context, row, transaction, now);
  InstanceId target;
  Command command =
      Cancel{Actor{.kind = Actor::Kind::system, .channel = "workflow"}, "its parent went on without it"};
  if (row.kind == "cancel_child") {
    auto child = read_cancel_child(row);
    if (!child) return std::unexpected(child.error());
    target = *child;
  } else {
    auto report = read_report(row);
    if (!report) return std::unexpected(report.error());
    target = report->parent;
    command = ChildEnded{report->activation, row.instance, report->status, report->error};
  }
  auto executed = context.execution.run(transaction, target, command, now);
  if (executed) return Consumed{"applied"};
  if (is_failure(executed.error().error)) return std::unexpected(executed.error().error);
  return Consumed{executed.error().error.message};  // it came too late, and that is all right
}

}  // namespace

Result<void> consume_engine_row(const JobContext& context, const OutboxRow& row, Transaction& transaction,
                                Instant now) {
  const auto stored = transaction.outbox_row(row.id);
  if (!stored) return std::unexpected(stored.error());
  if (!*stored || (*stored)->status != OutboxStatus::pending) return {};
  const Result<Consumed> consumed = apply_row(context, row, transaction, now);
  if (!consumed) return std::unexpected(consumed.error());
  return transaction.finish_outbox(row.id, consumed->given_up ? OutboxStatus::dead : OutboxStatus::sent,
                                   consumed->detail);
}

}  // namespace countersign
