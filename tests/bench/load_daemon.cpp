#include "tests/bench/load_daemon.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace countersign::bench {
namespace {

constexpr const char* kWorkflow = R"(workflow: load
start:
  - form:
form:
  amount: {type: money, currency: CNY, required: true}
  note: {type: text}
statuses: [approved, rejected]
steps:
  - id: manager
    approve:
      by: requester.manager
    due: 2 business days
    remind:
      - {after_due: 0 days, every: 1 business day, at_most: 3}
  - end: approved
)";

constexpr const char* kPeople = R"(people:
  - {id: boss, name: Boss, mail: boss@example.com}
  - {id: rep, name: Rep, mail: rep@example.com, manager: boss}
)";

bool is_ready(std::uint16_t port) {
  const int s = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bool ready = false;
  if (connect(s, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    const std::string request = "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n";
    char reply[16] = {};
    ready = write(s, request.data(), request.size()) > 0 && read(s, reply, sizeof reply - 1) > 9 &&
            std::string(reply).find(" 200") != std::string::npos;
  }
  close(s);
  return ready;
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

void write_setting(const std::string& folder, std::uint16_t port, const LoadSetting& setting) {
  for (const char* name : {"/workflows", "/connectors", "/secrets"}) {
    std::filesystem::create_directories(folder + name);
  }
  write_file(folder + "/workflows/load.yaml", setting.workflow);
  write_file(folder + "/people.yaml", setting.people);
  for (const auto& [name, text] : setting.connectors) {
    write_file(folder + "/connectors/" + name + ".yaml", text);
  }
  for (const auto& [name, text] : setting.secrets) {
    write_file(folder + "/secrets/" + name, text);
    chmod((folder + "/secrets/" + name).c_str(), 0600);
  }
  write_file(folder + "/countersign.yaml",
             "listen: 127.0.0.1:" + std::to_string(port) +
                 "\ndata: data\nworkflows: [workflows]\nconnectors: " +
                 (setting.connectors.empty() ? "[]" : "[connectors]") +
                 "\npeople: people.yaml\nsecrets: secrets\nlog: {level: error}\n" + setting.configuration);
}

}  // namespace

LoadSetting approval_setting() {
  return {.workflow = kWorkflow, .people = kPeople, .connectors = {}, .secrets = {}, .configuration = {}};
}

std::uint16_t free_port() {
  const int s = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(s, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(s, reinterpret_cast<sockaddr*>(&address), &size);
  close(s);
  return ntohs(address.sin_port);
}

LoadDaemon::LoadDaemon(const std::string& binary, const std::string& folder, const LoadSetting& setting)
    : folder_(folder), port_(free_port()) {
  write_setting(folder, port_, setting);
  const auto begin = std::chrono::steady_clock::now();
  process_ = fork();
  if (process_ == 0) {
    const int log = open((folder + "/daemon.log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(log, 1);
    dup2(log, 2);
    execl(binary.c_str(), binary.c_str(), "serve", "--config", (folder + "/countersign.yaml").c_str(),
          nullptr);
    std::_Exit(127);
  }
  while (!is_ready(port_)) {
    int status = 0;
    if (waitpid(process_, &status, WNOHANG) == process_) {
      std::fprintf(stderr, "the daemon ended at once; see %s/daemon.log\n", folder.c_str());
      std::exit(1);
    }
    usleep(1000);
  }
  start_seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::ifstream(folder + "/data/admin.key") >> key_;
}

LoadDaemon::~LoadDaemon() {
  stop();
}

void LoadDaemon::stop() {
  end(SIGTERM);
}

void LoadDaemon::kill_hard() {
  end(SIGKILL);
}

void LoadDaemon::end(int signal) {
  if (process_ < 0) return;
  kill(process_, signal);
  waitpid(process_, nullptr, 0);
  process_ = -1;
}

ProcessFigures LoadDaemon::figures() const {
  ProcessFigures figures;
  std::ifstream stat("/proc/" + std::to_string(process_) + "/stat");
  std::string text;
  std::getline(stat, text);
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  figures.cpu_seconds = (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  std::ifstream status("/proc/" + std::to_string(process_) + "/status");
  while (std::getline(status, text)) {
    if (text.starts_with("VmRSS:")) figures.resident_mb = std::strtod(text.c_str() + 6, nullptr) / 1024;
  }
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(process_) + "/task")) {
    std::ifstream one(task.path() / "status");
    while (std::getline(one, text)) {
      if (text.starts_with("voluntary_ctxt_switches:")) {
        figures.voluntary_switches += std::strtoull(text.c_str() + 24, nullptr, 10);
      }
    }
  }
  return figures;
}

double LoadDaemon::wal_mb() const {
  std::error_code none;
  const auto bytes = std::filesystem::file_size(folder_ + "/data/countersign.db-wal", none);
  return none ? 0 : static_cast<double>(bytes) / 1e6;
}

}  // namespace countersign::bench
