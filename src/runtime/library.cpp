#include "runtime/library.h"

namespace countersign {

std::shared_ptr<const Definition> Snapshot::workflow(const WorkflowId& id) const {
  const auto found = workflows.find(id);
  return found == workflows.end() ? nullptr : found->second;
}

std::shared_ptr<const Connector> Snapshot::connector(const std::string& name) const {
  const auto found = connectors.find(name);
  return found == connectors.end() ? nullptr : found->second;
}

std::shared_ptr<const Inbound> Snapshot::inbound(const std::string& source) const {
  if (const auto found = connector(source)) {
    if (!found->inbound) return nullptr;
    return {found, &*found->inbound};
  }
  for (const auto& [id, definition] : workflows) {
    if (webhook_source(id) != source) continue;
    for (const Trigger& trigger : definition->triggers) {
      if (trigger.webhook != nullptr) return trigger.webhook;
    }
  }
  return nullptr;
}

Library::Library(std::shared_ptr<const Snapshot> first) : current_(std::move(first)) {
  for (const auto& [id, definition] : current_->workflows) versions_[{id, definition->version}] = definition;
}

std::shared_ptr<const Snapshot> Library::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void Library::replace(std::shared_ptr<const Snapshot> next) {
  const std::lock_guard lock(mutex_);
  current_.swap(next);
  for (const auto& [id, definition] : current_->workflows) versions_[{id, definition->version}] = definition;
}

std::shared_ptr<const Absences> Library::absences() const {
  const std::lock_guard lock(mutex_);
  return absences_;
}

void Library::set_absences(std::shared_ptr<const Absences> absences) {
  const std::lock_guard lock(mutex_);
  absences_.swap(absences);
}

std::shared_ptr<const Definition> Library::version(const WorkflowId& workflow,
                                                   const std::string& version) const {
  {
    const std::lock_guard lock(mutex_);
    const auto found = versions_.find({workflow, version});
    if (found != versions_.end()) return found->second;
  }
  auto definition = find_ ? find_(workflow, version) : nullptr;
  if (definition == nullptr) return nullptr;
  const std::lock_guard lock(mutex_);
  return versions_.try_emplace({workflow, version}, std::move(definition)).first->second;
}

void Library::remember(std::shared_ptr<const Definition> definition) {
  const std::lock_guard lock(mutex_);
  auto key = std::pair(definition->id, definition->version);
  versions_.insert_or_assign(std::move(key), std::move(definition));
}

}  // namespace countersign
