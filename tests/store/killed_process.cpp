#include "tests/store/killed_process.h"

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

namespace countersign {

bool run_and_kill(const std::function<bool()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (work()) ::kill(::getpid(), SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

}  // namespace countersign
