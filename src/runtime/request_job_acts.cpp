// Requests for acts on a work item other than deciding it, and for those who only read.

#include <algorithm>

#include <fmt/format.h>

#include "base/json.h"
#include "runtime/request_job.h"

namespace countersign {
namespace {

Command command_of(const ItemActRequest& request, std::vector<PersonId> people, const Actor& by) {
  using Act = ItemActRequest::Act;
  const PersonId to = people.empty() ? PersonId() : people.front();
  switch (request.act) {
    case Act::transfer:
      return Transfer{request.item, request.version, to, by, request.comment};
    case Act::delegate:
      return Delegate{request.item, request.version, to, by, request.comment};
    case Act::add_approver:
      return AddApprover{request.item, request.version, std::move(people), request.where,
                         by,           request.comment};
    case Act::remove_approver:
      return RemoveApprover{request.item, request.version, by, request.comment};
    case Act::claim:
      return ClaimItem{request.item, request.version, by};
    case Act::release:
      break;
  }
  return ReleaseItem{request.item, request.version, by, request.comment};
}

// Whoever added somebody or claimed an item undoes it as a person; for everybody else it is an
// administrator's act.
bool is_own(const State& state, const ItemActRequest& request, const Actor& by) {
  const auto item = state.items.find(request.item);
  if (item == state.items.end()) return true;
  if (request.act == ItemActRequest::Act::remove_approver) return item->second.added_by == by.person;
  if (request.act == ItemActRequest::Act::release) return item->second.assignee == by.person;
  return true;
}

}  // namespace

std::vector<PersonId> RequestJob::people_named(const std::vector<std::string>& names) const {
  const auto snapshot = context_.library.current();
  std::vector<PersonId> people;
  for (const std::string& name : names) {
    const Person* person = snapshot->directory->find_by_id_or_mail(name);
    people.push_back(person == nullptr ? PersonId(name) : person->id);
  }
  return people;
}

Answer RequestJob::handle(const ItemActRequest& request, Transaction& transaction, Instant now) {
  auto before = transaction.load(request.instance);
  if (!before) return refuse(before.error());
  if (*before == nullptr) {
    return refuse(ErrorCode::not_found, fmt::format("there is no instance '{}'", request.instance.value));
  }
  Actor by = caller_.actor;
  if (caller_.admin && !is_own(**before, request, by)) by.kind = Actor::Kind::admin;
  auto executed = context_.execution.run(transaction, request.instance,
                                         command_of(request, people_named(request.people), by), now);
  if (!executed) return std::unexpected(std::move(executed.error()));
  if (executed->refusal) return std::unexpected(Refusal{std::move(*executed->refusal), {}, true});
  const State& after = *executed->after;
  json::array opened;
  for (const auto& [number, item] : after.items) {
    if (!(*before)->items.contains(number)) opened.emplace_back(fmt::format("{}.{}", after.id.value, number));
  }
  const auto left = after.items.find(request.item);
  return Reply{200,
               write_json(json::object{
                   {"id", fmt::format("{}.{}", after.id.value, request.item)},
                   {"instance", after.id.value},
                   {"reference", after.reference},
                   {"version", left == after.items.end() ? json::value() : json::value(left->second.version)},
                   {"opened", std::move(opened)},
                   {"instance_status", after.status}})};
}

Answer RequestJob::handle(const NudgeRequest& request, Transaction& transaction, Instant now) {
  return apply(request.instance, Nudge{caller_.actor}, transaction, now);
}

Answer RequestJob::handle(const CopiesRequest& request, Transaction& transaction, Instant now) {
  auto state = transaction.load(request.instance);
  if (!state) return refuse(state.error());
  if (*state == nullptr) {
    return refuse(ErrorCode::not_found, fmt::format("there is no instance '{}'", request.instance.value));
  }
  Actor by = caller_.actor;
  const bool has_part =
      (*state)->requester == by.person || std::ranges::binary_search((*state)->involved, by.person);
  if (caller_.admin && !has_part) by.kind = Actor::Kind::admin;
  return apply(request.instance, SendCopies{people_named(request.people), by, request.comment}, transaction,
               now);
}

}  // namespace countersign
