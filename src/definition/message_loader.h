#pragma once
// workflows/messages/NAME.LANG.md, as named by `notify`: the first line is the subject, the rest Markdown.
// Internal.

#include "definition/expression_reader.h"

namespace countersign {

// Reads the messages that steps name into the definition. A text's expressions may read the results that are
// there at every step that sends it. Problems in a text are reported with its own file's name.
void read_messages(Loading& loading);

}  // namespace countersign
