#include "server/cli/password_prompt.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace gatewright::cli {
namespace {

// What is typed is not shown while it lives.
class Unseen {
 public:
  Unseen() : is_terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!is_terminal_) return;
    termios without = before_;
    without.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &without);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;
  ~Unseen() {
    if (!is_terminal_) return;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    fmt::print(stderr, "\n");
  }

  bool is_terminal() const { return is_terminal_; }

 private:
  termios before_{};
  bool is_terminal_;
};

}  // namespace

Result<std::string> AskPassword(const std::string& question) {
  std::string password;
  const Unseen unseen;
  if (unseen.is_terminal()) fmt::print(stderr, "{}: ", question);
  std::fflush(stderr);
  if (!std::getline(std::cin, password)) {
    return Error{ErrorCode::kInvalid, "expected a password on standard input, found nothing"};
  }
  if (password.ends_with('\r')) password.pop_back();
  return password;
}

}  // namespace gatewright::cli
