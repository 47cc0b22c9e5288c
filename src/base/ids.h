#pragma once
// Strong identifiers: an InstanceId never passes where a PersonId is meant. Plain values.
//
// Ids that people and other systems see are text; ids that live inside one instance are small numbers that
// the instance hands out in order and never reuses.

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace countersign {

template <class Tag>
struct TextId {
  std::string value;

  TextId() = default;
  explicit TextId(std::string text) : value(std::move(text)) {}
  bool empty() const { return value.empty(); }
  auto operator<=>(const TextId&) const = default;
};

template <class Tag>
struct NumberId {
  std::uint32_t value = 0;  // 0 is "none"

  NumberId() = default;
  explicit NumberId(std::uint32_t number) : value(number) {}
  explicit operator bool() const { return value != 0; }
  auto operator<=>(const NumberId&) const = default;
};

using InstanceId = TextId<struct InstanceTag>;  // "i_" and 26 characters, sortable by creation
using PersonId = TextId<struct PersonTag>;      // as the directory spells it: "li.na"
using WorkflowId = TextId<struct WorkflowTag>;  // the file's name: "expense-approval"
using ItemId = TextId<struct ItemTag>;          // a work item: INSTANCE "." number

using FrameId = NumberId<struct FrameTag>;
using ActivationId = NumberId<struct ActivationTag>;
using EffectId = NumberId<struct EffectTag>;

}  // namespace countersign

template <class Tag>
struct std::hash<countersign::TextId<Tag>> {
  std::size_t operator()(const countersign::TextId<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.value);
  }
};
template <class Tag>
struct std::hash<countersign::NumberId<Tag>> {
  std::size_t operator()(const countersign::NumberId<Tag>& id) const noexcept { return id.value; }
};
