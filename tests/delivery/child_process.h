#pragma once
// A program started for a test: its standard input and output are pipes, and it is gone when the object is.

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace countersign::tests {

class ChildProcess {
 public:
  enum class Errors { shown, dropped };

  explicit ChildProcess(const std::vector<std::string>& arguments, Errors errors = Errors::shown) {
    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) return;
    std::vector<char*> argv;
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(in[0], STDIN_FILENO);
      ::dup2(out[1], STDOUT_FILENO);
      if (errors == Errors::dropped) ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    output_ = ::fdopen(out[0], "r");
  }
  ~ChildProcess() {
    close_input();
    if (output_ != nullptr) ::fclose(output_);
    if (pid_ > 0 && !waited_) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // The next line of its output without the line end; empty at the end of the output.
  std::string line() {
    std::string text;
    int c = 0;
    while (output_ != nullptr && (c = std::fgetc(output_)) != EOF && c != '\n') text += static_cast<char>(c);
    return text;
  }
  std::string rest() {
    std::string text;
    int c = 0;
    while (output_ != nullptr && (c = std::fgetc(output_)) != EOF) text += static_cast<char>(c);
    return text;
  }
  void write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = ::write(input_, text.data(), text.size());
      if (written <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void close_input() {
    if (input_ >= 0) ::close(input_);
    input_ = -1;
  }
  // Its exit code, after it has ended by itself.
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    waited_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  std::FILE* output_ = nullptr;
  bool waited_ = false;
};

}  // namespace countersign::tests
