#include "tests/core/simulation.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include <gtest/gtest.h>
#include <unistd.h>

#include "core/event_codec.h"
#include "core/quorum.h"
#include "tests/core/absence_fixture.h"

namespace countersign::testing {
namespace {

Actor person(const std::string& id) {
  return Actor{.kind = Actor::Kind::person, .person = PersonId(id), .channel = "api"};
}

// A broken invariant ends the process: what was being played is said before.
char playing[64] = "";
void say_seed(int) {
  const std::string_view text(playing);
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

// What a failing run ended with.
std::string last_events(const std::vector<Event>& events) {
  std::string text;
  for (std::size_t at = events.size() < 40 ? 0 : events.size() - 40; at < events.size(); ++at) {
    const EncodedEvent encoded = encode_event(events[at].body);
    text += "\n" + std::to_string(events[at].seq) + " " + std::string(encoded.type) + " " + encoded.payload;
  }
  return text;
}

}  // namespace

Simulation::Simulation(std::uint64_t seed, std::shared_ptr<const Definition> definition,
                       std::shared_ptr<const Definition> other, const Habits& habits)
    : random_(seed),
      instance_(definition),
      one_(std::move(definition)),
      other_(std::move(other)),
      habits_(habits) {}

void Simulation::run() {
  ASSERT_TRUE(accepted(instance_.start(any(habits_.requesters), any(habits_.forms))));
  while (acts_ < static_cast<std::uint64_t>(habits_.acts) && !instance_.state().ended) {
    ++acts_;
    step();
    for (const Effect& effect : instance_.last_effects()) {
      if (const auto* call = std::get_if<CallConnector>(&effect)) effects_.push_back(call->effect);
      if (const auto* child = std::get_if<StartChild>(&effect)) children_.push_back(child->activation);
    }
    check();
    if (::testing::Test::HasFailure()) return;
  }
}

std::string Simulation::anybody() {
  return any(
      {"li.na", "zhang.wei", "chen.jie", "wang.fang", "zhao.lei", "qian.min", "sun.li", "adm", "he.left"});
}

// To the other version, or back.
void Simulation::migrate() {
  const bool is_other = instance_.state().version == other_->version;
  const Outcome moved = instance_.run(
      Migrate{is_other ? one_ : other_, Actor{.kind = Actor::Kind::admin, .person = PersonId("adm")}, "r"});
  EXPECT_TRUE(accepted(moved) || instance_.state().ended) << rejection(moved);
}

// Somebody leaves, or is there again; those who were late, asked in others' place or added among them.
void Simulation::change_staff() {
  const std::string who = anybody();
  if (who == "he.left") return;
  const bool is_there = instance_.directory->find(PersonId(who))->active;
  instance_.directory = after_leaving(*instance_.directory, {}, [&](Person& person) {
    if (person.id.value == who) person.active = !is_there;
  });
  const State before = instance_.state();
  if (accepted(instance_.run(DirectoryChanged{}))) check_departure(before);
}

void Simulation::step() {
  if (habits_.leaves != 0 && below(habits_.leaves) == 0) return change_staff();
  if (below(20) == 0) return migrate();
  if (below(habits_.bends) == 0) return bend();
  if (below(habits_.involves) == 0) return act_on_item();
  if (below(20) < habits_.decides) return decide();
  happen();
}

// Whatever else happens to an instance.
void Simulation::happen() {
  switch (below(11)) {
    case 0:
      instance_.run(DeliverEvent{"crm", any({"deal_changed", "answered"}), "d", cel::Value::map({})});
      return;
    case 1:
      instance_.run(Withdraw{person(anybody()), "w"});
      return;
    case 2:
      instance_.run(Comment{person(anybody()), "hello"});
      return;
    case 3:
      if (!effects_.empty())
        instance_.run(EffectDone{effects_[below(effects_.size())], below(3) != 0, {}, "e"});
      return;
    case 4:
      if (!children_.empty()) {
        instance_.run(ChildEnded{children_[below(children_.size())], InstanceId("c"),
                                 any({"approved", "approved", "rejected", "cancelled", ""}), "e"});
      }
      return;
    case 5:
      if (below(10) == 0) {
        instance_.run(Cancel{Actor{.kind = Actor::Kind::admin, .person = PersonId("adm")}, any({"", "r"})});
      }
      return;
    case 6: {
      const std::uint32_t item = any_item();
      instance_.run(Reassign{item, PersonId(anybody()),
                             Actor{.kind = Actor::Kind::admin, .person = PersonId("adm")}, "r"});
      return;
    }
    case 7:
      for (const auto& [id, activation] : instance_.state().activations) {
        if (activation.incident.empty()) continue;
        instance_.run(Retry{id, Actor{.kind = Actor::Kind::admin, .person = PersonId("adm")}, "r"});
        return;
      }
      return;
    default: {
      const Instant later = instance_.now() + std::chrono::minutes(below(60 * 40));
      instance_.advance_to(format_rfc3339(later));
      return;
    }
  }
}

// Taking back what was decided, looking at it, and what an administrator does to the course of things.
void Simulation::bend() {
  const auto number = static_cast<std::uint32_t>(below(instance_.state().next_id + 1));
  const auto& steps = instance_.definition().steps;
  const std::string target = steps[below(steps.size())].name;
  const Actor admin{.kind = Actor::Kind::admin, .person = PersonId(any({"adm", "sun.li"}))};
  switch (below(8)) {
    case 0:
      if (below(3) == 0) instance_.run(Jump{target, admin, any({"", "r", "r"})});
      return;
    case 1:
      for (const auto& [id, activation] : instance_.state().activations) {
        if (below(3) != 0) continue;
        instance_.run(Skip{steps[activation.step].name, id, admin, any({"", "r", "r"})});
        return;
      }
      return;
    case 2:
      instance_.run(View{any_item(), person(anybody())});
      return;
    default:
      break;
  }
  // Mostly something that was decided, by whoever did it.
  std::vector<std::pair<std::uint32_t, std::string>> decided;
  for (const Event& event : instance_.events()) {
    const auto* changed = std::get_if<ItemChanged>(&event.body);
    if (changed != nullptr && changed->act == ItemAct::decide)
      decided.emplace_back(changed->item, changed->by.person.value);
  }
  if (decided.empty() || below(5) == 0) {
    instance_.run(TakeBack{number, person(anybody()), "t"});
    return;
  }
  const auto& [item, who] = decided[decided.size() - 1 - below(std::min<std::size_t>(3, decided.size()))];
  instance_.run(TakeBack{item, person(who), "t"});
}

std::uint32_t Simulation::any_item() {
  const auto& items = instance_.state().items;
  if (items.empty()) return static_cast<std::uint32_t>(below(20));
  auto at = items.begin();
  std::advance(at, static_cast<long>(below(items.size())));
  return at->first;
}

// One of the acts beside deciding, mostly by somebody who may and to somebody who can be asked.
void Simulation::act_on_item() {
  const std::uint32_t number = any_item();
  const auto found = instance_.state().items.find(number);
  std::string who = anybody();
  if (found != instance_.state().items.end() && below(6) != 0) {
    const Item& item = found->second;
    if (item.assignee.empty()) {
      const auto members = *instance_.directory->members(item.group);
      who = members[below(members.size())].value;
    } else {
      who = item.assignee.value;
    }
  }
  std::optional<std::uint32_t> version;
  if (found != instance_.state().items.end() && below(3) == 0) version = found->second.version;
  const PersonId to(anybody());
  const Actor by = below(8) == 0 ? Actor{.kind = Actor::Kind::admin, .person = PersonId("adm")} : person(who);
  const State before = instance_.state();
  const auto refused_to_others = [&](const Outcome& outcome) {
    if (!accepted(outcome)) return;
    const Item& item = before.items.at(number);
    EXPECT_EQ(by.kind, Actor::Kind::person);
    const bool theirs = item.assignee.empty() ? instance_.directory->is_member(PersonId(who), item.group)
                                              : item.assignee.value == who;
    EXPECT_TRUE(theirs) << who << " gave away what was not theirs";
    EXPECT_NE(to.value, who);
    EXPECT_NE(to.value, "he.left");
    const Step& step = instance_.definition().step(before.activations.at(item.activation).step);
    if (std::holds_alternative<Approve>(step.kind)) {
      EXPECT_NE(to, before.requester) << "an approval of one's own request";
    }
  };
  switch (below(9)) {
    case 0:
      return refused_to_others(instance_.run(Transfer{number, version, to, by, "t"}));
    case 1:
      return refused_to_others(instance_.run(Delegate{number, version, to, by, "d"}));
    case 2:
    case 3: {
      const AddedAs where = std::array{AddedAs::before, AddedAs::after, AddedAs::beside}[below(3)];
      std::vector<PersonId> people{to};
      if (below(3) == 0) people.emplace_back(anybody());
      return refused_to_others(instance_.run(AddApprover{number, version, people, where, by, "a"}));
    }
    case 4: {
      std::string adder = who;
      if (before.items.contains(number) && !before.items.at(number).added_by.empty() && below(4) != 0)
        adder = before.items.at(number).added_by.value;
      const Outcome removed =
          instance_.run(RemoveApprover{number, {}, below(6) == 0 ? by : person(adder), "r"});
      if (accepted(removed)) {
        EXPECT_TRUE(before.items.at(number).added) << "whom the workflow asks was taken off";
        EXPECT_FALSE(instance_.state().ended) << "a removal decided the step";
      }
      return;
    }
    case 5:
      instance_.run(ClaimItem{number, version, by});
      return;
    case 6:
      instance_.run(ReleaseItem{number, version, by, any({"", "r"})});
      return;
    case 7:
      instance_.run(Nudge{below(2) == 0 ? person(before.requester.value) : by});
      return;
    default:
      instance_.run(SendCopies{{to}, by, "c"});
      EXPECT_EQ(instance_.state().items, before.items) << "a copy touched work items";
  }
}

void Simulation::decide() {
  Decide command;
  command.item = any_item();
  const auto item = instance_.state().items.find(command.item);
  std::string who = anybody();
  if (item != instance_.state().items.end() && below(habits_.mistakes) != 0) {
    who = item->second.assignee.empty() ? who : item->second.assignee.value;
  }
  command.by = person(who);
  command.outcome = any(habits_.outcomes);
  command.comment = any({"", "because", "because"});
  if (below(3) == 0)
    command.return_to = any({"requester", "manager", "take", "draft", "seated", "right", "nowhere"});
  if (below(4) != 0) command.checklist = {any({"a", "b"})};
  // What a task without checklist takes, or its own part of one.
  if (below(3) == 0 && item != instance_.state().items.end()) command.checklist = item->second.entries;
  if (below(habits_.edits) == 0) command.edits["note"] = cel::Value::string("changed");
  const State before = instance_.state();
  const Outcome outcome = instance_.run(command);
  if (!accepted(outcome) || item == instance_.state().items.end()) return;
  // Whoever decided was asked, or belongs to the group that was.
  const Item& asked = before.items.at(command.item);
  const bool theirs = asked.assignee.empty() ? instance_.directory->is_member(PersonId(who), asked.group)
                                             : asked.assignee.value == who;
  EXPECT_TRUE(theirs) << who << " decided what was not theirs";
  EXPECT_EQ(asked.status, ItemStatus::open);
  const Activation& decided = before.activations.at(asked.activation);
  for (const Seat& seat : decided.roster.seats) {
    const bool is_voted = seat.vote == Seat::Vote::none && seat.item != 0 &&
                          (seat.item == asked.number ||
                           std::ranges::find(asked.stands_for, seat.item) != asked.stands_for.end());
    EXPECT_FALSE(is_voted && is_awaited(decided.roster, seat.item, AddedAs::before))
        << who << " answered for " << seat.person.value << ", who waited for somebody added before them";
  }
  if (instance_.definition().step(decided.step).id == "sign") {
    EXPECT_EQ(who, "sun.li") << "only binds everybody";
  }
  for (const auto& [id, activation] : instance_.state().activations) {
    EXPECT_LE(activation.begun - activation.finished, 2U) << "more items at once than the limit";
  }
}

void simulate(const char* workflow, const Habits& habits, std::uint64_t acts,
              const std::vector<std::string>& seen) {
  const char* chosen = std::getenv("COUNTERSIGN_SEED");
  const std::shared_ptr<const Definition> definition = load(workflow);
  const std::string first_step = "steps:\n";
  std::string longer = workflow;
  longer.insert(longer.find(first_step) + first_step.size(),
                "  - id: early\n    when: instance.round > 1000000\n    wait: 1 day\n"
                "  - id: earlier\n    set:\n      vars.early: true\n");
  const std::shared_ptr<const Definition> other = load(longer);
  const char* more = std::getenv("COUNTERSIGN_ACTS");
  if (more != nullptr) acts = std::strtoull(more, nullptr, 10);
  const auto before = std::signal(SIGABRT, say_seed);
  std::set<std::string> happened;
  std::uint64_t played = 0;
  std::uint64_t seed = chosen != nullptr ? std::strtoull(chosen, nullptr, 10) : 1;
  do {
    const std::string said = "COUNTERSIGN_SEED=" + std::to_string(seed) + "\n";
    said.copy(playing, sizeof(playing) - 1);
    playing[said.size()] = '\0';
    Simulation simulation(seed, definition, other, habits);
    simulation.run();
    if (::testing::Test::HasFailure())
      ADD_FAILURE() << "COUNTERSIGN_SEED=" << seed << last_events(simulation.events());
    for (const Event& event : simulation.events()) {
      happened.emplace(type_of(event.body));
      if (const auto* changed = std::get_if<ItemChanged>(&event.body))
        happened.emplace(to_string(changed->act));
    }
    played += simulation.acts();
    ++seed;
  } while (chosen == nullptr && played < acts && !::testing::Test::HasFailure());
  std::signal(SIGABRT, before);
  if (chosen != nullptr || ::testing::Test::HasFailure()) return;
  for (const std::string& type : seen) EXPECT_TRUE(happened.contains(type)) << type << " never happened";
}

}  // namespace countersign::testing
