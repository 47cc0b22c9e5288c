#include "core/budget.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/flow.h"

namespace countersign::budget {
namespace {

cel::Value money_of(const Ledger& ledger, const Decimal& amount) {
  return cel::Value::money({amount.rounded(minor_digits(ledger.currency)), ledger.currency});
}

Decimal at_least_zero(const Result<Decimal>& value) {
  return value && !value->is_negative() ? *value : Decimal();
}

// Whether `inner` belongs to the items of `outer`.
bool is_within(const ItemPath& outer, const ItemPath& inner) {
  return inner.size() >= outer.size() && std::equal(outer.begin(), outer.end(), inner.begin());
}

// nullptr where this version of the workflow has none.
const Step* step_of(const Transition& transition, const ReservationKey& key) {
  const auto& steps = transition.definition().steps;
  const auto step = std::ranges::find_if(
      steps, [&](const Step& each) { return each.name == key.step && each.list != kNoList; });
  return step == steps.end() ? nullptr : &*step;
}

// One budget step while it runs. Every function that gives nothing has stopped the transition.
class Move {
 public:
  Move(Transition& transition, ActivationId activation, const Step& step)
      : transition_(transition),
        activation_(activation),
        step_(step),
        frame_(transition.state().activations.at(activation).frame),
        key_{step.name, item_path(transition.state(), frame_)} {}

  void reserve(const Budget& budget);
  void commit(const Budget& budget);
  void supplement(const Budget& budget);
  void transfer(const Budget& budget);

 private:
  std::string what(std::string_view key) const { return fmt::format("{} of {}", key, step_.name); }
  bool was_spent(StepIndex reserving) const;

  std::optional<Ledger> ledger(const Expression& name, std::string_view key) {
    const auto text = transition_.value(name, frame_, what(key));
    if (transition_.stopped()) return std::nullopt;
    if (!text || !text->is(cel::Kind::string)) {
      transition_.raise(fmt::format("{}: '{}' names no ledger", what(key), name.program.source()));
      return std::nullopt;
    }
    const auto fact = transition_.fact({FactKey::Kind::ledger, std::string(text->as_string()), {}});
    if (!fact) return std::nullopt;
    if (!fact->ledger) {
      transition_.raise(
          fmt::format("{}: there is no ledger '{}'; countersign.yaml lists them under 'ledgers'", what(key),
                      text->as_string()));
    }
    return fact->ledger;
  }

  // In whole minor units of the ledger's currency.
  std::optional<Decimal> amount(const Expression& expression, std::string_view key, const Ledger& of) {
    const auto value = transition_.value(expression, frame_, what(key));
    if (transition_.stopped()) return std::nullopt;
    const auto refuse = [&](std::string_view why) {
      transition_.raise(fmt::format("{}: {}", what(key), why));
      return std::nullopt;
    };
    if (!value || !value->is(cel::Kind::money)) return refuse("there is no amount");
    const Money& money = value->as_money();
    if (money.currency != of.currency) {
      return refuse(fmt::format("{} cannot be taken from or put on '{}', whose currency is {}",
                                money.to_text(), of.name, of.currency));
    }
    if (money.amount.is_negative()) return refuse(fmt::format("{} is less than nothing", money.to_text()));
    if (money.amount > Decimal::from_int(kLedgerAmountMax)) {
      return refuse(fmt::format("{} is more than any ledger holds", money.to_text()));
    }
    return money.amount.rounded(minor_digits(of.currency));
  }

  void post(const Ledger& of, LedgerAct act, const Decimal& posted) {
    transition_.emit(LedgerPosted{of.name, of.year, act, money_of(of, posted), key_});
  }

  // As it stands after what was posted so far.
  Ledger again(const Ledger& of) const {
    const auto known = transition_.context().facts.find({FactKey::Kind::ledger, of.name, {}});
    return known != transition_.context().facts.end() && known->second.ledger ? *known->second.ledger : of;
  }

  // `before`: what was available when it was asked for.
  void finish(std::string outcome, const Ledger& of, const Decimal& asked, const Decimal& before) {
    const Decimal missing = at_least_zero(Decimal::subtract(asked, before));
    complete(transition_, activation_,
             {std::move(outcome),
              Actor{},
              {},
              Fields{{"ledger", cel::Value::string(of.name)},
                     {"amount", money_of(of, asked)},
                     {"available", money_of(of, again(of).available())},
                     {"missing", money_of(of, missing)}}});
  }

  Transition& transition_;
  ActivationId activation_;
  const Step& step_;
  FrameId frame_;
  ReservationKey key_;
};

void let_go(Transition& transition, const ReservationKey& key, LedgerAct act) {
  const Reservation held = transition.state().reservations.at(key);
  transition.emit(LedgerPosted{held.ledger, held.year, act, held.amount, key});
}

void Move::reserve(const Budget& budget) {
  const auto from = ledger(*budget.from, "from");
  if (!from) return;
  const auto wanted = amount(*budget.amount, "reserve", *from);
  if (!wanted) return;
  if (transition_.state().reservations.contains(key_)) let_go(transition_, key_, LedgerAct::released);
  const Decimal available = again(*from).available();
  if (from->strict && *wanted > available) return finish("insufficient", *from, *wanted, available);
  post(*from, LedgerAct::reserved, *wanted);
  finish("reserved", *from, *wanted, available);
}

// What was reserved and is held no more, though no send back has voided it, has been spent: a send back to a
// step behind the reservation leads here once more.
bool Move::was_spent(StepIndex reserving) const {
  const auto stands = [](const StepResult& result) { return !result.voided && result.outcome == "reserved"; };
  const State& state = transition_.state();
  if (const auto plain = state.results.find(reserving); plain != state.results.end() && stands(plain->second))
    return true;
  const auto of_items = state.item_results.find(reserving);
  return of_items != state.item_results.end() &&
         std::ranges::any_of(of_items->second, [&](const auto& entry) {
           const auto& [path, result] = entry;
           return stands(result) && is_within(key_.items, path);
         });
}

void Move::commit(const Budget& budget) {
  const std::string& reserving = transition_.definition().step(budget.commit).name;
  std::vector<ReservationKey> held;
  for (const auto& [key, reservation] : transition_.state().reservations) {
    if (key.step == reserving && is_within(key_.items, key.items)) held.push_back(key);
  }
  if (held.empty() && !was_spent(budget.commit)) {
    return transition_.raise(
        fmt::format("{}: '{}' holds no budget that could be spent", step_.name, reserving));
  }
  for (const ReservationKey& key : held) let_go(transition_, key, LedgerAct::spent);
  complete(transition_, activation_, {"committed", Actor{}, {}, {}});
}

void Move::supplement(const Budget& budget) {
  const auto to = ledger(*budget.to, "to");
  if (!to) return;
  const auto more = amount(*budget.amount, "supplement", *to);
  if (!more) return;
  post(*to, LedgerAct::supplemented, *more);
  finish("supplemented", *to, *more, *more);
}

void Move::transfer(const Budget& budget) {
  const auto from = ledger(*budget.from, "from");
  const auto to = ledger(*budget.to, "to");
  if (!from || !to) return;
  const auto moved = amount(*budget.amount, "transfer", *from);
  if (!moved || !amount(*budget.amount, "transfer", *to)) return;
  if (from->name == to->name) {
    return transition_.raise(
        fmt::format("{}: 'from' and 'to' are the same ledger '{}'", step_.name, to->name));
  }
  const Decimal available = from->available();
  if (from->strict && *moved > available) return finish("insufficient", *from, *moved, available);
  post(*from, LedgerAct::transferred_out, *moved);
  post(*to, LedgerAct::transferred_in, *moved);
  finish("transferred", *from, *moved, available);
}

}  // namespace

void open(Transition& transition, ActivationId activation, const Step& step, const Budget& budget) {
  Move move(transition, activation, step);
  switch (budget.act) {
    case Budget::Act::reserve:
      return move.reserve(budget);
    case Budget::Act::commit:
      return move.commit(budget);
    case Budget::Act::supplement:
      return move.supplement(budget);
    case Budget::Act::transfer:
      return move.transfer(budget);
  }
}

void release_voided(Transition& transition) {
  const State& state = transition.state();
  std::vector<ReservationKey> voided;
  for (const auto& [key, held] : state.reservations) {
    const Step* step = step_of(transition, key);
    if (step == nullptr) continue;  // of an earlier version of the workflow: the end settles it
    const StepResult* result = find_result(state, step->index, key.items);
    if (result == nullptr || result->voided) voided.push_back(key);
  }
  for (const ReservationKey& key : voided) let_go(transition, key, LedgerAct::released);
}

void give_back(Transition& transition, const std::vector<FrameId>& left) {
  const State& state = transition.state();
  ResultsVoided voided;
  for (const auto& [key, held] : state.reservations) {
    const Step* step = step_of(transition, key);
    const auto is_left = [&](FrameId id) {
      const ItemPath path = item_path(state, id);
      return encloses(transition.definition(), state.frames.at(id).list, step->list) &&
             is_within(path, key.items);
    };
    if (step == nullptr || std::ranges::none_of(left, is_left)) continue;
    if (key.items.empty()) {
      voided.steps.push_back(step->index);
    } else {
      voided.items[step->index].push_back(key.items);
    }
  }
  if (!voided.steps.empty() || !voided.items.empty()) transition.emit(std::move(voided));
}

void settle_at_end(Transition& transition, const std::string& status) {
  const auto held = transition.state().reservations;
  for (const auto& [key, reservation] : held) {
    const std::string year = reservation.year == 0 ? "0" : std::to_string(reservation.year);
    const auto fact = transition.fact({FactKey::Kind::ledger, reservation.ledger, year});
    if (!fact) continue;  // goes on asking, so that all ledgers are read at once
    const bool spends =
        fact->ledger && std::ranges::find(fact->ledger->spending, status) != fact->ledger->spending.end();
    let_go(transition, key, spends ? LedgerAct::spent : LedgerAct::released);
  }
}

cel::Value ledger_value(const Ledger& ledger) {
  cel::Map map;
  map.set("amount", money_of(ledger, ledger.amount));
  map.set("reserved", money_of(ledger, ledger.reserved));
  map.set("spent", money_of(ledger, ledger.spent));
  map.set("available", money_of(ledger, ledger.available()));
  map.set("year", cel::Value::integer(ledger.year));
  map.set("currency", cel::Value::string(ledger.currency));
  return cel::Value::map(std::move(map));
}

cel::Type ledger_type(const std::string& currency) {
  const cel::Type money = cel::Type::money(currency);
  return cel::Type::record("the budget", {{"amount", {money}},
                                          {"reserved", {money}},
                                          {"spent", {money}},
                                          {"available", {money}},
                                          {"year", {cel::Type::scalar(cel::Type::Tag::int_)}},
                                          {"currency", {cel::Type::scalar(cel::Type::Tag::string)}}});
}

}  // namespace countersign::budget
