// A real mail server, mail_server.py, as a process that ends with this object. For one thread.
#pragma once

#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstdio>
#include <string>
#include <vector>

namespace gatewright::testing {

class MailServer {
 public:
  explicit MailServer(std::vector<std::string> options = {}) {
    int to_server[2];
    int from_server[2];
    if (pipe(to_server) != 0 || pipe(from_server) != 0) ADD_FAILURE() << "no pipe";
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to_server[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, from_server[1], STDOUT_FILENO);
    for (const int one : {to_server[0], to_server[1], from_server[0], from_server[1]}) {
      posix_spawn_file_actions_addclose(&actions, one);
    }
    options.insert(options.begin(), SOURCE_ROOT "/tests/plugins/mail_server.py");
    std::vector<char*> words;
    for (std::string& option : options) words.push_back(option.data());
    words.push_back(nullptr);
    EXPECT_EQ(posix_spawn(&process_, words[0], &actions, nullptr, words.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(to_server[0]);
    close(from_server[1]);
    input_ = to_server[1];
    output_ = fdopen(from_server[0], "r");
    port_ = ReadLine();
    EXPECT_NE(port_, "") << "is python3-aiosmtpd installed?";
  }
  ~MailServer() {
    close(input_);
    waitpid(process_, nullptr, 0);
    std::fclose(output_);
  }
  MailServer(const MailServer&) = delete;
  MailServer& operator=(const MailServer&) = delete;

  std::string url() const { return "smtp://127.0.0.1:" + port_; }
  // The next mail it took; waits for it.
  boost::json::object TakeMail() { return boost::json::parse(ReadLine()).as_object(); }

 private:
  std::string ReadLine() {
    std::string line;
    for (int c = 0; (c = std::fgetc(output_)) != EOF && c != '\n';) line += static_cast<char>(c);
    return line;
  }

  pid_t process_ = -1;
  int input_ = -1;
  std::FILE* output_ = nullptr;
  std::string port_;
};

}  // namespace gatewright::testing
