// People go away and come back, leave and are hired again, at random, while others decide. What must hold is
// checked after every act, beside what instance_fixture.h checks: whoever decides was asked or stands in,
// nobody approves their own request through another, nobody counts twice on one step, who has left does
// nothing, and a departure approves nothing. A failing run names its seed; to see it again:
// COUNTERSIGN_SEED=seed core_test --gtest_filter=AbsenceSimulation.*

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "core/stand_in.h"
#include "tests/core/absence_fixture.h"

namespace countersign::testing {
namespace {

constexpr const char* kStaffing = R"(workflow: staffing
start:
  - form:
form:
  amount: {type: money, currency: CNY, required: true}
statuses: [approved, rejected]
steps:
  - id: manager
    approve:
      by: requester.manager
      return_to: [requester]
      if_nobody: manager_up
    remind:
      - {after: 1 business day, every: 1 business day, at_most: 3}
    escalate:
      - after: 2 business days
        to: person("chen.jie")
  - id: board
    approve:
      by: [person("sun.li"), person("wang.fang"), person("chen.jie"), person("zhang.wei")]
      need: 60%
      edit: [amount]
      return_to: [requester, manager]
  - id: line
    approve:
      by: managers(requester, 3)
      need: all
      order: one_by_one
      if_nobody: skip
  - id: both
    approve:
      by: [person("zhao.lei"), person("qian.min")]
      need: 2
  - id: legal
    approve:
      by: group("legal")
      need: 1
      if_nobody: {to: group("finance")}
  - id: work
    task:
      for: person("sun.li")
      checklist:
        - {id: a, text: A, for: person("zhao.lei")}
        - {id: b, text: B}
      return_to: [board]
  - end: approved
)";

const std::vector<std::string> kStaff{"li.na",    "zhang.wei", "chen.jie", "wang.fang",
                                      "zhao.lei", "qian.min",  "sun.li",   "adm"};

class Staffing {
 public:
  Staffing(std::uint64_t seed, std::shared_ptr<const Definition> definition)
      : random_(seed), instance_(std::move(definition)) {}

  void run(int acts) {
    ASSERT_TRUE(accepted(instance_.start(anybody(), any({R"({"amount": 500})", R"({"amount": 5000})"}))));
    for (int act = 0; act < acts && !instance_.state().ended; ++act) {
      step();
      if (::testing::Test::HasFailure()) return;
      check_rosters();
    }
  }
  const std::vector<Event>& events() const { return instance_.events(); }
  std::uint64_t acts_in_place() const { return acts_in_place_; }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  std::string any(const std::vector<std::string>& choices) { return choices[below(choices.size())]; }
  std::string anybody() { return any(kStaff); }

  // Whose absence matters.
  std::string somebody_asked() {
    const auto& items = instance_.state().items;
    if (items.empty() || below(3) == 0) return anybody();
    auto at = items.begin();
    std::advance(at, static_cast<long>(below(items.size())));
    return at->second.assignee.empty() ? anybody() : at->second.assignee.value;
  }

  void step() {
    switch (below(12)) {
      case 0:
      case 1:
        return change_absences();
      case 2:
        return change_staff();
      case 3:
        return tell();
      case 4:
      case 5:
        instance_.advance_to(format_rfc3339(instance_.now() + std::chrono::minutes(below(60 * 30))));
        return;
      case 6:
        for (const auto& [id, activation] : instance_.state().activations) {
          if (activation.incident.empty()) continue;
          instance_.run(Retry{id, Actor{.kind = Actor::Kind::admin, .person = PersonId("adm")}, "r"});
          return;
        }
        return;
      default:
        return decide();
    }
  }

  void change_absences() {
    if (!away_.empty() && below(3) == 0) {
      away_.erase(away_.begin() + static_cast<std::ptrdiff_t>(below(away_.size())));
    } else {
      RecordedAbsence absence = away(++number_, somebody_asked(), below(8) == 0 ? "" : anybody());
      if (absence.absence.stand_in == absence.person) absence.absence.stand_in.reset();
      absence.absence.from = instance_.now() + std::chrono::minutes(below(60 * 24));
      if (below(2) == 0) absence.absence.from = instance_.now();
      absence.absence.until = absence.absence.from + std::chrono::hours(1 + below(100));
      if (below(3) == 0) absence.absence.up_to = *parse_amount_limit("1000 CNY");
      if (below(5) == 0) absence.absence.workflows = {WorkflowId(any({"staffing", "travel"}))};
      away_.push_back(absence);
    }
    instance_.absences = Absences(away_);
    if (below(2) == 0) tell();
  }

  void change_staff() {
    const std::string who = anybody();
    const bool back = below(2) == 0;
    instance_.directory = after_leaving(*instance_.directory, {}, [&](Person& person) {
      if (person.id.value == who && who != "chen.jie") person.active = back;
    });
    tell();
  }

  // As the runtime does it after either.
  void tell() {
    const State before = instance_.state();
    if (accepted(instance_.run(DirectoryChanged{}))) check_told();
    for (const Effect& effect : instance_.last_effects()) {
      const auto* send = std::get_if<Send>(&effect);
      if (send == nullptr || send->kind != SendKind::request || send->item == 0) continue;
      const auto item = instance_.state().items.find(send->item);
      if (item == instance_.state().items.end() || !is_approval(item->second)) continue;
      EXPECT_NE(send->to, instance_.state().requester) << "the requester is asked for their own approval";
    }
    // A vote is somebody's answer: a departure casts none and takes none away.
    for (const auto& [id, activation] : instance_.state().activations) {
      const auto known = before.activations.find(id);
      if (known == before.activations.end()) continue;
      EXPECT_EQ(votes(known->second.roster), votes(activation.roster));
    }
  }

  static std::multiset<std::string> votes(const Roster& roster) {
    std::multiset<std::string> cast;
    for (const Seat& seat : roster.seats) {
      if (seat.vote != Seat::Vote::none) cast.insert(seat.person.value + seat.group);
    }
    return cast;
  }

  bool is_approval(const Item& item) const {
    const Activation& activation = instance_.state().activations.at(item.activation);
    return std::holds_alternative<Approve>(instance_.definition().step(activation.step).kind);
  }

  void decide() {
    const auto& items = instance_.state().items;
    if (items.empty()) return;
    auto at = items.begin();
    std::advance(at, static_cast<long>(below(items.size())));
    const Item item = at->second;
    const StandInView view{instance_.definition(), *instance_.directory, instance_.absences,
                           instance_.state(), instance_.now()};
    std::string who = below(3) == 0 ? anybody() : item.assignee.value;
    const std::vector<StandIn> stand_ins = stand_ins_of(view, item);
    if (!stand_ins.empty() && below(2) == 0) who = stand_ins.front().stand_in.value;
    if (who.empty()) who = anybody();
    const Person* person = instance_.directory->find(PersonId(who));
    const bool own = item.group.empty() ? item.assignee.value == who
                                        : instance_.directory->is_member(PersonId(who), item.group);
    const bool own_request = is_approval(item) && PersonId(who) == instance_.state().requester;
    Decide command;
    command.item = item.number;
    command.by = person_acting(who);
    command.outcome = any({"approved", "approved", "approved", "approved", "rejected", "returned", "done",
                           "done", "resubmitted"});
    command.comment = "because";
    if (command.outcome != "returned") command.checklist = item.entries;
    const std::string at_step =
        instance_.definition().step(instance_.state().activations.at(item.activation).step).name;
    if (at_step == "board" && below(2) == 0)
      command.edits["amount"] = cel::Value::money({Decimal::from_int(below(2) == 0 ? 500 : 5000), "CNY"});
    const bool accepts = accepted(instance_.run(command));
    if (!accepts) return;
    check_told();
    EXPECT_TRUE(person->active) << who << " has left and decides";
    EXPECT_FALSE(own_request) << who << " approved a request of their own";
    PersonId for_whom;
    for (const Event& event : instance_.events()) {
      const auto* changed = std::get_if<ItemChanged>(&event.body);
      if (changed != nullptr && changed->item == item.number && changed->act == ItemAct::decide)
        for_whom = changed->by.on_behalf_of;
    }
    EXPECT_EQ(own, for_whom.empty()) << who << " decided for '" << for_whom.value << "'";
    if (own) return;
    ++acts_in_place_;
    EXPECT_NE(PersonId(who), for_whom);
    bool has_absence = false;
    for (const RecordedAbsence& absence : away_) {
      has_absence =
          has_absence || (absence.person == for_whom && absence.absence.stand_in == PersonId(who) &&
                          absence.absence.from <= instance_.now() && instance_.now() < absence.absence.until);
    }
    EXPECT_TRUE(has_absence) << who << " does not stand in for " << for_whom.value << " now";
  }

  // Whoever stands in was told so, and nobody else takes themselves for one.
  void check_told() {
    if (instance_.state().ended) return;
    const StandInView view{instance_.definition(), *instance_.directory, instance_.absences,
                           instance_.state(), instance_.now()};
    for (const auto& [number, item] : instance_.state().items) {
      std::set<PersonId> now, told(item.stand_ins.begin(), item.stand_ins.end());
      for (const StandIn& each : stand_ins_of(view, item)) now.insert(each.stand_in);
      if (item.status == ItemStatus::open) {
        EXPECT_EQ(now, told) << "of item " << number;
      } else {
        EXPECT_TRUE(std::ranges::includes(now, told)) << "of item " << number << ", which waits";
      }
    }
  }

  void check_rosters() {
    for (const auto& [id, activation] : instance_.state().activations) {
      std::map<std::string, int> counted;
      for (const Seat& seat : activation.roster.seats) {
        if (!seat.person.empty()) ++counted[seat.person.value];
        if (!seat.by.empty() && seat.by != seat.person) ++counted[seat.by.value];
      }
      for (const auto& [who, count] : counted) {
        // An escalation's item votes for all seats that it stands for, its stand-in too: one act.
        const bool escalated = std::ranges::any_of(activation.roster.seats,
                                                   [&](const Seat& seat) { return seat.by.value == who; });
        if (escalated) continue;
        EXPECT_LE(count, 1) << who << " has two seats on one step";
      }
      if (activation.incident.empty() && !activation.roster.seats.empty() && activation.outcome.empty()) {
        EXPECT_FALSE(activation.items.empty()) << "nobody is asked, and nothing says so";
      }
    }
  }

  std::mt19937_64 random_;
  Instance instance_;
  std::vector<RecordedAbsence> away_;
  std::int64_t number_ = 0;
  std::uint64_t acts_in_place_ = 0;
};

TEST(AbsenceSimulation, WhoeverComesAndGoesNobodyDecidesWhatIsNotTheirs) {
  const char* chosen = std::getenv("COUNTERSIGN_SEED");
  const std::uint64_t first = chosen != nullptr ? std::strtoull(chosen, nullptr, 10) : 1;
  const std::uint64_t runs = chosen != nullptr ? 1 : 200;
  const std::shared_ptr<const Definition> definition = load(kStaffing);
  std::uint64_t acts_in_place = 0;
  std::set<std::string> seen;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    Staffing staffing(seed, definition);
    staffing.run(60);
    ASSERT_FALSE(::testing::Test::HasFailure()) << "COUNTERSIGN_SEED=" << seed;
    acts_in_place += staffing.acts_in_place();
    for (const Event& event : staffing.events()) seen.emplace(type_of(event.body));
  }
  if (chosen != nullptr) return;
  EXPECT_GT(acts_in_place, 50U) << "stand-ins hardly ever acted";
  EXPECT_TRUE(seen.contains("stand_in_asked"));
  EXPECT_TRUE(seen.contains("incident_raised"));
}

}  // namespace
}  // namespace countersign::testing
