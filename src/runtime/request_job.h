#pragma once
// One request of the outside as a store job: recognises repeats, reads the input by the instance's own
// definition, runs the core's command and words the answer. Lives from submit() until its completion; used on
// the writer's thread only, but for rehearse().

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/time.h"
#include "runtime/execution.h"
#include "runtime/key_ring.h"
#include "runtime/requests.h"

namespace countersign {

class AbsenceBook;

struct JobContext {
  Execution& execution;
  Library& library;
  const Reader& reader;
  const Links& links;
  RandomSource& random;
  AbsenceBook& absences;
};

class RequestJob {
 public:
  RequestJob(JobContext context, Request request, Caller caller);

  // On any thread but the writer's, at most once: does ahead what needs no transaction. Nothing where run()
  // has begun.
  void rehearse(Instant now);
  // May be called again after a failed guard. Waits for a rehearsal that is under way.
  Result<void> run(Transaction& transaction, Instant now);
  // After the commit: what the caller gets. `stored` is the job's result.
  Answer answer(Result<void> stored);
  std::size_t bytes() const { return bytes_; }

 private:
  Answer answer_once(Transaction& transaction, Instant now);
  std::expected<std::optional<IdempotencyRow>, Refusal> find_answer(const std::string& key,
                                                                    Transaction& transaction) const;
  Answer keep_answer(const std::string& key, const Reply& answer, Transaction& transaction,
                     Instant now) const;
  Answer handle(const StartRequest& request, Transaction& transaction, Instant now);
  Answer handle(const DecisionRequest& request, Transaction& transaction, Instant now);
  Answer handle(const ItemActRequest& request, Transaction& transaction, Instant now);
  Answer handle(const NudgeRequest& request, Transaction& transaction, Instant now);
  Answer handle(const CopiesRequest& request, Transaction& transaction, Instant now);
  Answer handle(const EventRequest& request, Transaction& transaction, Instant now);
  Answer handle(const SendEventRequest& request, Transaction& transaction, Instant now);
  Answer handle(const CommentRequest& request, Transaction& transaction, Instant now);
  Answer handle(const WithdrawRequest& request, Transaction& transaction, Instant now);
  Answer handle(const CancelRequest& request, Transaction& transaction, Instant now);
  Answer handle(const RetryRequest& request, Transaction& transaction, Instant now);
  Answer handle(const ReassignRequest& request, Transaction& transaction, Instant now);
  Answer handle(const TakeBackRequest& request, Transaction& transaction, Instant now);
  Answer handle(const ViewRequest& request, Transaction& transaction, Instant now);
  Answer handle(const SkipRequest& request, Transaction& transaction, Instant now);
  Answer handle(const JumpRequest& request, Transaction& transaction, Instant now);
  Answer handle(const InboundDelivery& request, Transaction& transaction, Instant now);
  Answer handle(const ReplayInbound& request, Transaction& transaction, Instant now);
  Answer handle(const DropInbound& request, Transaction& transaction, Instant now);
  Answer handle(const OutboxAct& request, Transaction& transaction, Instant now);
  Answer handle(const CreateKey& request, Transaction& transaction, Instant now);
  Answer handle(const RevokeKey& request, Transaction& transaction, Instant now);
  Answer handle(const AddFile& request, Transaction& transaction, Instant now);
  Answer handle(const ConnectorEvent& request, Transaction& transaction, Instant now);
  Answer handle(const AdjustLedger& request, Transaction& transaction, Instant now);
  Answer handle(const SetAbsence& request, Transaction& transaction, Instant now);
  Answer handle(const EndAbsence& request, Transaction& transaction, Instant now);
  Answer handle(const ImportAbsences& request, Transaction& transaction, Instant now);
  Answer handle(const MigrateRequest& request, Transaction& transaction, Instant now);
  Answer handle(const RetryOwedStart& request, Transaction& transaction, Instant now);

  void settle_rehearsal();
  std::expected<Decide, Refusal> read_decision(const DecisionRequest& request, const State& state,
                                               const Definition& definition, Instant now) const;
  Answer apply(const InstanceId& instance, const Command& command, Transaction& transaction, Instant now);
  // Ids of the people whom a request names by id or mail address; what is neither stays as it is.
  std::vector<PersonId> people_named(const std::vector<std::string>& names) const;
  bool may_name(const FileRow& file, Instant now, const State* before) const;
  // `before`: the instance that the request is about, where there is one; it outlives what is returned.
  FormContext form_context(const Directory& directory, std::string pointer, Instant now,
                           const State* before = nullptr) const;
  // The data of an event that `definition` declares, by the types of its fields.
  std::expected<cel::Value, Refusal> read_event(const Definition& definition, const std::string& name,
                                                const json::value& data, Instant now) const;

  JobContext context_;
  Request request_;
  Caller caller_;
  std::size_t bytes_ = 0;
  Answer answer_;
  // Who touches `rehearsed_`: nobody yet, the rehearsal's thread, the writer.
  enum class Rehearsal { open, under_way, settled };
  Rehearsal rehearsal_ = Rehearsal::open;
  std::mutex rehearsal_mutex_;  // of rehearsal_
  std::condition_variable rehearsal_ended_;
  std::optional<Rehearsed> rehearsed_;
};

// What is wrong with an input; there is at least one problem.
std::unexpected<Refusal> refuse_input(const std::vector<FormProblem>& problems);

// {"id","reference","status","url"} of an instance.
std::string instance_answer(const State& state, const Links& links);

}  // namespace countersign
