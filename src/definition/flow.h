#pragma once
// The flow through a workflow's steps: which steps can be reached, what each step's last result may be where
// another begins, and where a way leads in circles without waiting. Computed once from a Definition whose
// `go` targets are known. Not thread-safe: it keeps what it has found out.
//
// The analysis is a forward one over sets: at the entry of every step it knows, for every step with an id,
// the set of outcomes that its last result may have there, or that there is none. So a result is certain
// exactly where every way from the start passes the step (dominance), send-backs, jumps, parallel branches
// and event handlers included.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/definition.h"
#include "definition/instant_outcomes.h"

namespace countersign {

// Whether it waits for somebody or something, unless it is skipped or ends at once.
bool waits_by_kind(const Step& step);

class Flow {
 public:
  // `definition` must outlive it.
  explicit Flow(const Definition& definition);

  bool reachable(StepIndex step) const { return entry_[step].has_value(); }

  struct Possible {
    bool absent = true;                 // there may be no result
    std::vector<std::string> outcomes;  // that the last result may have
  };
  // What the result of `step` may be where `at` begins; kNoStep for places outside of the flow (an event
  // handler's `where`), where anything may be.
  Possible result(StepIndex at, StepIndex step) const;

  // The last step of a way that runs off the end of the root list without `end`; kNoStep where none does.
  StepIndex falls_off_at() const { return falls_off_at_; }

  // `from` may come before `to`, send-backs left out.
  bool leads_to(StepIndex from, StepIndex to) const;

  // Each circle that can be gone round without waiting, one for each step whose way on closes it: that step
  // comes last. `instant`: outcomes that steps which wait may have at once.
  std::vector<std::vector<StepIndex>> endless_cycles(const InstantOutcomes& instant) const;

 private:
  // A way on from a step: to another step, or off the end of a list.
  struct Edge {
    enum class Kind { skip, outcome, inner, jump, send_back } kind = Kind::outcome;
    std::string outcome;         // of kind outcome, "" where the step has none
    StepIndex to = kNoStep;      // kNoStep: off the end of `leaves`
    ListIndex leaves = kNoList;  // kNoList with kNoStep: the instance ends
  };
  using Bits = std::vector<std::uint64_t>;
  // The bits of one step's result: the first says absent, one for each outcome follows.
  struct Tracked {
    std::size_t first_bit = 0;
    std::vector<std::string> outcomes;
  };

  void number_results();
  void make_edges();
  void add_outcome(StepIndex from, const std::string& outcome);
  void add_send_back(StepIndex from, const std::vector<ReturnTarget>& targets);
  // From what changes a guarded field back to the approvals that it voids.
  void add_guards();
  Edge edge_behind(StepIndex step, Edge::Kind kind) const;
  Edge edge_into(ListIndex list, Edge::Kind kind) const;

  void solve();
  void visit(StepIndex step);
  void flow_into(StepIndex step, const Bits& state);
  void flow_along(StepIndex from, const Edge& edge, const Bits& state);
  void leave_list(ListIndex list, StepIndex from, const Bits& state);
  void join_branches(StepIndex parallel);

  // Whether it goes on at once with others, or with itself: of parallel, gates, for_each.
  bool is_branch(ListIndex list) const;
  bool is_item(ListIndex list) const;  // of a for_each
  // The lists that go on at once and join: of parallel and gates.
  static std::vector<ListIndex> branches_of(const Step& step);
  static std::size_t branches_needed(const Step& step);
  const std::vector<StepIndex>& steps_below(ListIndex list) const { return below_[list]; }
  void set_result(Bits& state, StepIndex step, const std::string& outcome) const;
  void set_absent(Bits& state, StepIndex step) const;
  void copy_result(Bits& to, const Bits& from, StepIndex step) const;
  void widen(Bits& state, StepIndex step) const;

  // The step that an edge leads to through the ends of lists; kNoStep where the instance or a frame ends
  // there.
  StepIndex landing(const Edge& edge, bool through_branches) const;
  // What takes no time.
  struct AtOnce {
    const InstantOutcomes& outcomes;
    std::vector<bool> passes;  // by list, of branches: can be left without waiting
  };
  // The ways on that take no time: of a step that waits only being skipped, and its instant outcomes.
  std::vector<Edge> instant_edges(StepIndex step, const AtOnce& at_once) const;
  AtOnce find_passing_branches(const InstantOutcomes& instant) const;
  bool passes_without_waiting(ListIndex list, const AtOnce& at_once) const;
  // By step: whether it can come after `from`, send-backs left out; `from` itself too.
  const std::vector<bool>& steps_after(StepIndex from) const;

  const Definition& definition_;
  std::vector<Tracked> tracked_;  // by step
  std::size_t bits_ = 0;
  std::vector<std::vector<Edge>> edges_;       // by step
  Bits start_;                                 // where the instance begins
  std::vector<std::optional<Bits>> entry_;     // by step; nullopt: unreachable
  std::vector<std::optional<Bits>> exit_;      // by list, of branches
  std::vector<std::vector<StepIndex>> below_;  // by list: all steps in it and in lists inside
  mutable std::map<StepIndex, std::vector<bool>> after_;
  std::vector<StepIndex> work_;
  std::vector<bool> queued_;  // by step: stands in work_
  StepIndex falls_off_at_ = kNoStep;
};

}  // namespace countersign
