#pragma once
// One request of the outside as a store job: recognises repeats, reads the input by the instance's own
// definition, runs the core's command and words the answer. Lives from submit() until its completion; used on
// the writer's thread only.

#include <memory>
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

  // May be called again after a failed guard.
  Result<void> run(Transaction& transaction, Instant now);
  // After the commit: what the caller gets. `stored` is the job's result.
  Answer answer(Result<void> stored);
  std::size_t bytes() const { return bytes_; }

 private:
  Answer answer_once(Transaction& transaction, Instant now);
  Answer handle(const StartRequest& request, Transaction& transaction, Instant now);
  Answer handle(const DecisionRequest& request, Transaction& transaction, Instant now);
  Answer handle(const EventRequest& request, Transaction& transaction, Instant now);
  Answer handle(const SendEventRequest& request, Transaction& transaction, Instant now);
  Answer handle(const CommentRequest& request, Transaction& transaction, Instant now);
  Answer handle(const WithdrawRequest& request, Transaction& transaction, Instant now);
  Answer handle(const CancelRequest& request, Transaction& transaction, Instant now);
  Answer handle(const RetryRequest& request, Transaction& transaction, Instant now);
  Answer handle(const ReassignRequest& request, Transaction& transaction, Instant now);
  Answer handle(const InboundDelivery& request, Transaction& transaction, Instant now);
  Answer handle(const ReplayInbound& request, Transaction& transaction, Instant now);
  Answer handle(const OutboxAct& request, Transaction& transaction, Instant now);
  Answer handle(const CreateKey& request, Transaction& transaction, Instant now);
  Answer handle(const RevokeKey& request, Transaction& transaction, Instant now);
  Answer handle(const AddFile& request, Transaction& transaction, Instant now);
  Answer handle(const ConnectorEvent& request, Transaction& transaction, Instant now);
  Answer handle(const AdjustLedger& request, Transaction& transaction, Instant now);
  Answer handle(const SetAbsence& request, Transaction& transaction, Instant now);
  Answer handle(const EndAbsence& request, Transaction& transaction, Instant now);
  Answer handle(const MigrateRequest& request, Transaction& transaction, Instant now);

  Answer apply(const InstanceId& instance, const Command& command, Transaction& transaction, Instant now);
  FormContext form_context(const Directory& directory, std::string pointer) const;
  // The data of an event that `definition` declares, by the types of its fields.
  std::expected<cel::Value, Refusal> read_event(const Definition& definition, const std::string& name,
                                                const json::value& data) const;

  JobContext context_;
  Request request_;
  Caller caller_;
  std::size_t bytes_ = 0;
  Answer answer_;
};

// What is wrong with an input; there is at least one problem.
std::unexpected<Refusal> refuse_input(const std::vector<FormProblem>& problems);

// {"id","reference","status","url"} of an instance.
std::string instance_answer(const State& state, const Links& links);

}  // namespace countersign
