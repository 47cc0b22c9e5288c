#pragma once
// The outbox's columns in the one order in which every query reads them.

#include "store/rows.h"
#include "store/sqlite/connection.h"

#define COUNTERSIGN_OUTBOX_COLUMNS                                                                    \
  "id, target, order_key, idempotency_key, instance, item, kind, recipient, payload, nonce, status, " \
  "attempts, "                                                                                        \
  "created_at, next_at, last_error"

namespace countersign::sqlite {

OutboxRow read_outbox_row(const Rows& rows);

}  // namespace countersign::sqlite
