#pragma once
// Columns of the records that both sides read, in the one order in which every query reads them.

#include "store/rows.h"
#include "store/sqlite/connection.h"

#define COUNTERSIGN_INBOUND_COLUMNS \
  "id, source, delivery_id, body_hash, headers, body, received_at, status, error, answer"

namespace countersign::sqlite {

InboundRow read_inbound_row(const Rows& rows);

}  // namespace countersign::sqlite
