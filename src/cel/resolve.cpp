#include "cel/resolve.h"

#include <algorithm>
#include <set>

#include "cel/builtins.h"

namespace countersign::cel {
namespace {

bool declares(const Environment& environment, std::string_view variable) {
  return std::ranges::any_of(environment.variables, [&](const Variable& v) { return v.name == variable; });
}

bool declares_function(const Environment& environment, std::string_view function) {
  return std::ranges::any_of(environment.functions, [&](const Function& f) { return f.name == function; });
}

// The dotted names of a chain of plain selections down to its first name, or none.
struct Chain {
  const Syntax* first = nullptr;
  std::string path;
};
std::optional<Chain> chain_of(const Syntax& syntax) {
  if (syntax.tag == Syntax::Tag::name) return Chain{&syntax, syntax.name};
  if (syntax.tag != Syntax::Tag::select || syntax.optional || syntax.presence) return std::nullopt;
  auto chain = chain_of(*syntax.children[0]);
  if (chain) chain->path += "." + syntax.name;
  return chain;
}

class Resolver {
 public:
  explicit Resolver(const Environment& environment) : environment_(environment) {}

  void run(SyntaxPtr& node) {
    switch (node->tag) {
      case Syntax::Tag::name:
        name_or_selection(node);
        break;
      case Syntax::Tag::select:
        if (!name_or_selection(node)) run(node->children[0]);
        break;
      case Syntax::Tag::call:
        call(*node);
        break;
      case Syntax::Tag::macro: {
        run(node->children[0]);
        locals_.push_back(node->variable);
        for (std::size_t i = 1; i < node->children.size(); ++i) run(node->children[i]);
        locals_.pop_back();
        break;
      }
      default:
        for (SyntaxPtr& child : node->children) run(child);
    }
  }

 private:
  bool is_local(std::string_view name) const { return std::ranges::find(locals_, name) != locals_.end(); }

  // The longest part of a chain that is a variable or a type wins.
  bool name_or_selection(SyntaxPtr& node) {
    const auto chain = chain_of(*node);
    if (!chain) return false;
    if (!chain->first->rooted && is_local(chain->first->name)) {
      if (node->tag != Syntax::Tag::name) return false;
      node->meaning = Syntax::Meaning::local;
      return true;
    }
    for (const std::string& candidate :
         candidates(environment_.container, chain->path, chain->first->rooted)) {
      if (declares(environment_, candidate)) {
        become_name(*node, candidate);
        return true;
      }
      if (const auto type = named_type(candidate, environment_.product)) {
        const SourceRange at = node->at;
        node = std::make_unique<Syntax>();
        node->at = node->name_at = at;
        node->value = Value::type(candidate);
        node->type = Type::type_of(*type);
        return true;
      }
    }
    return node->tag == Syntax::Tag::name;
  }

  static void become_name(Syntax& node, const std::string& variable) {
    node.tag = Syntax::Tag::name;
    node.name = variable;
    node.name_at = node.at;
    node.children.clear();
    node.meaning = Syntax::Meaning::variable;
  }

  bool find_function(Syntax& node, std::string_view path, bool rooted) {
    for (const std::string& candidate : candidates(environment_.container, path, rooted)) {
      const bool declared = declares_function(environment_, candidate);
      if (!declared && find_builtin(candidate, environment_.product) == nullptr) continue;
      node.name = candidate;
      node.meaning = declared ? Syntax::Meaning::declared : Syntax::Meaning::standard;
      return true;
    }
    return false;
  }

  void call(Syntax& node) {
    if (node.receiver) {
      const auto chain = chain_of(*node.children[0]);
      const bool local = chain && !chain->first->rooted && is_local(chain->first->name);
      if (chain && !local && find_function(node, chain->path + "." + node.name, chain->first->rooted)) {
        node.receiver = false;
        node.children.erase(node.children.begin());
      } else if (declares_function(environment_, node.name)) {
        node.meaning = Syntax::Meaning::declared;
      } else if (find_builtin(node.name, environment_.product) != nullptr) {
        node.meaning = Syntax::Meaning::standard;
      }
    } else {
      find_function(node, node.name, node.rooted);
    }
    for (SyntaxPtr& child : node.children) run(child);
  }

  const Environment& environment_;
  std::vector<std::string> locals_;
};

using References = std::set<std::vector<std::string>>;

// The chain that ends at `node`, if it starts at a variable.
std::optional<std::vector<std::string>> reference(const Syntax& node) {
  if (node.tag == Syntax::Tag::name) {
    if (node.meaning == Syntax::Meaning::local) return std::nullopt;
    return std::vector<std::string>{node.name};
  }
  if (node.tag != Syntax::Tag::select) return std::nullopt;
  auto chain = reference(*node.children[0]);
  if (chain) chain->push_back(node.name);
  return chain;
}

void collect(const Syntax& node, References& found) {
  if (auto chain = reference(node)) {
    found.insert(*std::move(chain));
    return;
  }
  for (const SyntaxPtr& child : node.children) collect(*child, found);
}

}  // namespace

void resolve(SyntaxPtr& root, const Environment& environment) {
  Resolver(environment).run(root);
}

std::vector<std::string> candidates(std::string_view container, std::string_view name, bool rooted) {
  std::vector<std::string> all;
  while (!rooted && !container.empty()) {
    all.push_back(std::string(container) + "." + std::string(name));
    const std::size_t point = container.rfind('.');
    container = point == std::string_view::npos ? std::string_view() : container.substr(0, point);
  }
  all.emplace_back(name);
  return all;
}

std::optional<Type> named_type(std::string_view name, bool product) {
  using Tag = Type::Tag;
  static constexpr std::pair<std::string_view, Tag> kCore[] = {
      {"bool", Tag::bool_},
      {"int", Tag::int_},
      {"uint", Tag::uint_},
      {"double", Tag::double_},
      {"string", Tag::string},
      {"bytes", Tag::bytes},
      {"null_type", Tag::null_},
      {"google.protobuf.Timestamp", Tag::timestamp},
      {"google.protobuf.Duration", Tag::duration},
  };
  static constexpr std::pair<std::string_view, Tag> kProduct[] = {
      {"decimal", Tag::decimal}, {"date", Tag::date}, {"person", Tag::person}, {"group", Tag::group}};
  for (const auto& [known, tag] : kCore) {
    if (known == name) return Type::scalar(tag);
  }
  if (name == "list") return Type::list(Type());
  if (name == "map") return Type::map(Type(), Type());
  if (name == "type") return Type::type_of(Type());
  if (name == "optional_type") return Type::optional(Type());
  if (!product) return std::nullopt;
  for (const auto& [known, tag] : kProduct) {
    if (known == name) return Type::scalar(tag);
  }
  if (name == "money") return Type::money("");
  return std::nullopt;
}

std::vector<std::vector<std::string>> references_of(const Syntax& root) {
  References found;
  collect(root, found);
  return {found.begin(), found.end()};
}

}  // namespace countersign::cel
