#pragma once
// From an outbox row to the mail that leaves: the person's language, the question, the form's data, who
// decided so far, and the link. Reads the instance as it is when the message is sent. Thread-safe.

#include <optional>
#include <string>

#include "delivery/mail.h"
#include "runtime/library.h"
#include "runtime/links.h"
#include "store/store.h"

namespace countersign {

struct ComposerSettings {
  MailAddress from;
};

class Composer {
 public:
  Composer(const Library& library, const Reader& reader, const Links& links, ComposerSettings settings)
      : library_(library), reader_(reader), links_(links), settings_(std::move(settings)) {}

  void set_from(MailAddress from) { settings_.from = std::move(from); }

  // nullopt: nothing is to be sent any more (the item has closed, the person left).
  Result<std::optional<Mail>> compose(const OutboxRow& row, Instant now) const;

 private:
  // Of a settled digest (chasing.h).
  Result<std::optional<Mail>> compose_digest(const OutboxRow& row, const Person& person) const;

  const Library& library_;
  const Reader& reader_;
  const Links& links_;
  ComposerSettings settings_;
};

}  // namespace countersign
