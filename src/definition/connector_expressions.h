#pragma once
// Expressions and prose of connector files, compiled against what a message holds, with every problem at its
// column. Internal to the connectors' loader.

#include <optional>
#include <string>
#include <string_view>

#include "cel/program.h"
#include "core/definition.h"
#include "definition/diagnostic.h"
#include "definition/yaml.h"

namespace countersign {

class ConnectorExpressions {
 public:
  ConnectorExpressions(const YamlDocument& document, Diagnostics& diagnostics)
      : document_(document), diagnostics_(diagnostics) {}

  // `what` names the place in messages: "'when'". Reports and gives an empty program where the scalar is
  // none.
  Expression expression(const YamlNode& node, const cel::Environment& environment, std::string_view what,
                        std::optional<cel::Type> expected = std::nullopt) const;
  // Text with ${ expression }; `$${` is a plain `${`.
  Prose prose(const YamlNode& node, const cel::Environment& environment, std::string_view what) const;

 private:
  cel::Program compile(const YamlNode& node, std::size_t begin, std::size_t end,
                       const cel::Environment& environment, std::string_view what,
                       std::optional<cel::Type> expected) const;

  const YamlDocument& document_;
  Diagnostics& diagnostics_;
};

// What the expressions of an inbound message see: body and request; item where the elements are looked at.
cel::Environment inbound_environment(bool with_item);
// What those of an action see: input; response where the answer is looked at.
cel::Environment outbound_environment(const std::vector<Field>& input, bool with_response);

}  // namespace countersign
