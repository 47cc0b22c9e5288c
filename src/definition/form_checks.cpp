#include "definition/form_checks.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "definition/expression_scope.h"

namespace countersign {
namespace {

class FormOrder {
 public:
  explicit FormOrder(Loading& loading) : loading_(loading), form_(loading.definition.form) {
    marks_.resize(form_.size(), Mark::unseen);
  }

  // Empty where there is a circle.
  std::vector<std::size_t> find() {
    for (std::size_t i = 0; i < form_.size(); ++i) visit(i);
    return circular_ ? std::vector<std::size_t>() : std::move(order_);
  }

 private:
  enum class Mark { unseen, open, done };

  std::vector<std::size_t> read_by(const Field& field) const {
    std::vector<std::size_t> read;
    for (const std::optional<Expression>* each : {&field.when, &field.default_value, &field.computed}) {
      if (!*each || !(*each)->program) continue;
      for (const auto& chain : (*each)->program.references()) {
        if (chain.size() < 2 || chain.front() != scope::kForm) continue;
        const auto found = std::ranges::find(form_, chain[1], &Field::name);
        if (found != form_.end()) read.push_back(static_cast<std::size_t>(found - form_.begin()));
      }
    }
    return read;
  }

  void visit(std::size_t at) {
    if (marks_[at] == Mark::done) return;
    if (marks_[at] == Mark::open) return report_circle(at);
    marks_[at] = Mark::open;
    way_.push_back(at);
    for (const std::size_t read : read_by(form_[at])) visit(read);
    way_.pop_back();
    marks_[at] = Mark::done;
    order_.push_back(at);
  }

  void report_circle(std::size_t closing) {
    circular_ = true;
    if (loading_.catalogue.in_force) return;  // it has run so far, from the top of the form to its end
    const auto begin = std::ranges::find(way_, closing);
    std::string way;
    for (auto each = begin; each != way_.end(); ++each) way += fmt::format("'{}' reads ", form_[*each].name);
    const Field& field = form_[closing];
    const bool itself = way_.end() - begin == 1;
    loading_.diagnostics.error(
        Code::circular_fields, span_of(field.at, static_cast<std::uint32_t>(field.name.size())),
        itself ? fmt::format("the field '{}' reads itself: take its own name out of its "
                             "'computed', 'default' or 'when'",
                             field.name)
               : fmt::format("these fields go in a circle: {}'{}' again; one of them has to be filled in",
                             way, field.name));
  }

  Loading& loading_;
  const std::vector<Field>& form_;
  std::vector<Mark> marks_;
  std::vector<std::size_t> way_;
  std::vector<std::size_t> order_;
  bool circular_ = false;
};

// Whether the value may be nothing because something that it reads is empty.
bool may_give_nothing(const Loading& loading, const std::optional<Expression>& value) {
  if (!value || !value->program) return false;
  const std::string& text = value->program.source();
  const cel::Compilation strict =
      cel::compile(text, environment_of(loading, {.place = Place::form}, text, true));
  return std::ranges::any_of(strict.issues, [](const cel::Issue& issue) {
    return issue.about == cel::Issue::About::unfilled || issue.about == cel::Issue::About::missing;
  });
}

}  // namespace

void settle_form_order(Loading& loading) {
  if (!loading.compiles()) return;
  Definition& definition = loading.definition;
  definition.form_order = FormOrder(loading).find();
  for (const std::size_t at : definition.form_order) {
    const Field& field = definition.form[at];
    if (may_give_nothing(loading, field.computed) || may_give_nothing(loading, field.default_value))
      loading.may_be_empty.insert(field.name);
  }
}

}  // namespace countersign
