#pragma once
// What changed in the files beside a workflow that belong to its version: messages and tables. Pure.

#include <map>
#include <string>
#include <vector>

namespace countersign {

// Texts by name: of messages "NAME.LANG", of tables NAME.
using NamedTexts = std::map<std::string, std::string>;

// "message 'hello.en': the subject was 'Hi' and is 'Hello'".
std::vector<std::string> message_changes(const NamedTexts& before, const NamedTexts& after);
// "table 'matrix': discount in row 4 was 5.5 and is 6.5", rows counted from 1 below the header; where rows
// came or went, which. At most ten lines for a table.
std::vector<std::string> table_changes(const NamedTexts& before, const NamedTexts& after);

}  // namespace countersign
