#include "scenario/ledgers.h"

#include <fmt/format.h>

namespace countersign::scenario {

Result<void> open_ledgers(Store& store, const Snapshot& snapshot, Instant now) {
  if (snapshot.ledgers.empty()) return {};
  const Job job = [&](Transaction& transaction) -> Result<void> {
    const auto problems = transaction.set_ledgers(snapshot.ledgers, now);
    if (!problems) return std::unexpected(problems.error());
    if (problems->empty()) return {};
    return fail(ErrorCode::invalid_input, problems->front());
  };
  return std::move(store.run({&job, 1}).front());
}

Result<std::string> ledger_figure(const Reader& reader, const std::string& ledger,
                                  const std::string& figure) {
  const auto found = reader.ledger(ledger, "");
  if (!found) return std::unexpected(found.error());
  if (!*found) return fail(ErrorCode::not_found, fmt::format("there is no ledger '{}'", ledger));
  if (figure == "reserved") return (*found)->reserved.to_text();
  if (figure == "spent") return (*found)->spent.to_text();
  if (figure == "amount") return (*found)->amount.to_text();
  return (*found)->available().to_text();
}

}  // namespace countersign::scenario
