// countersign comment: a remark on an instance.

#include "cli/commands.h"
#include "cli/instance_act.h"

namespace countersign::cli {

void add_comment(Command& root, Connection& connection) {
  struct CommentOptions {
    std::string reference, text;
  };
  const auto options = std::make_shared<CommentOptions>();
  Command& command = root.add("comment", "add a comment to an instance");
  command.argument(options->reference, "REF", "the instance's reference or id")
      .argument(options->text, "TEXT", "the comment");
  add_connection(command, connection, Writes::yes);
  command.example("countersign comment EXP-2026-14 'The original invoice is in the post' --as li.na")
      .runs([options, &connection](Console& console) {
        return act_on_instance(console, connection, options->reference, "/comments",
                               {{"text", options->text}}, "the comment is recorded");
      });
}

}  // namespace countersign::cli
