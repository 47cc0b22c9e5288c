#pragma once
// Random people do random things at random times to one instance; what must hold is checked after every act
// (instance_fixture.h: replay equals the live state, no timer or item outlives its step). A failing run names
// its seed, also where the process ends; to see it again: COUNTERSIGN_SEED=seed core_test
// --gtest_filter=Simulation.*

#include <array>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/core/instance_fixture.h"

namespace countersign::testing {

// What the people of a workflow are like.
struct Habits {
  std::vector<std::string> requesters{"li.na", "zhao.lei", "chen.jie", "zhang.wei"};
  std::vector<std::string> forms{R"({"amount": 500})", R"({"amount": 5000, "deal": "D"})"};
  std::uint64_t bends = 8;     // one act in so many takes something back, skips or jumps
  std::uint64_t involves = 4;  // one of the others in so many transfers, adds, asks, takes off ...
  std::uint64_t decides = 9;   // so many of the rest in 20 decide
  std::uint64_t mistakes = 8;  // one decision in so many is somebody else's
  std::uint64_t edits = 6;     // one decision in so many changes the form
  std::uint64_t leaves = 0;    // before one act in so many somebody leaves or is hired again; 0: never
  std::vector<std::string> outcomes{"approved", "approved",    "approved",   "rejected", "returned",
                                    "good",     "good",        "bad",        "done",     "done",
                                    "nonsense", "resubmitted", "resubmitted"};
  int acts = 60;  // of one run at most
};

class Simulation {
 public:
  // `other`: the same workflow with other numbers for its steps.
  Simulation(std::uint64_t seed, std::shared_ptr<const Definition> definition,
             std::shared_ptr<const Definition> other, const Habits& habits);

  // Until it has ended or something does not hold.
  void run();

  const std::vector<Event>& events() const { return instance_.events(); }
  std::uint64_t acts() const { return acts_; }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  std::string any(const std::vector<std::string>& choices) { return choices[below(choices.size())]; }
  std::string anybody();
  std::uint32_t any_item();

  void step();
  void happen();
  void migrate();
  void change_staff();
  void bend();
  void act_on_item();
  void decide();

  // simulation_checks.cpp
  void note(const Event& event);
  bool asks_afresh(ActivationId activation) const;
  void check_departure(const State& before) const;
  void check();
  void check_decisions() const;
  void check_rosters() const;
  void check_timers() const;

  // Who has voted in an activation, and with which decision.
  struct Vote {
    ActivationId activation;
    PersonId by;
    std::uint32_t item = 0;
    std::uint64_t seq = 0;
    bool approved = false;
  };

  std::mt19937_64 random_;
  Instance instance_;
  std::shared_ptr<const Definition> one_;
  std::shared_ptr<const Definition> other_;
  const Habits& habits_;
  std::uint64_t acts_ = 0;
  std::vector<EffectId> effects_;
  std::vector<ActivationId> children_;
  std::size_t noted_ = 0;  // so many events
  std::map<std::uint32_t, ActivationId> asked_at_;
  std::set<std::uint32_t> closed_;
  std::map<std::uint64_t, ItemChanged> decisions_;
  std::vector<Vote> votes_;  // that nobody has taken back
  std::uint64_t round_from_ = 0;
};

// Plays the workflow with one seed after the other, or with the one of COUNTERSIGN_SEED, for so many acts or
// as many as COUNTERSIGN_ACTS says.
// `seen`: by stored name, the events and acts on items that happened in the end; all must have.
void simulate(const char* workflow, const Habits& habits, std::uint64_t acts,
              const std::vector<std::string>& seen);

}  // namespace countersign::testing
