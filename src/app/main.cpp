// The only place where everything meets: the command line, and the daemon behind `countersign serve`.

#include "app/serve.h"
#include "cli/program.h"

int main(int argc, char** argv) {
  return countersign::cli::run_program(argc, argv, countersign::serve);
}
