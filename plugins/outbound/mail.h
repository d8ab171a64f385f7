// plugins/outbound/mail.h: hands one mail to a mail server (SMTP), encrypted unless that was
// waived, with the guards of every call to the outside. Thread-safe.
#pragma once

#include <gatewright/call.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace gatewright::outbound {

struct MailServer {
  std::string url;  // smtp://host:port (STARTTLS) or smtps://host:port
  bool allows_private = false;
  bool allows_plaintext = false;  // where the server offers no STARTTLS
  std::string username = {};      // empty: does not log in
  std::string password = {};
};

// Empty when the server may be called as far as its URL tells; else what was expected and found.
std::string FindUrlProblem(const MailServer& server);

struct Mail {
  std::string from;  // bare addresses, such as ann@example.com
  std::vector<std::string> to;
  std::string text;  // header lines, an empty line, the body; every line ends with CR LF
};

struct MailReply {
  std::string problem;        // empty: the server took the mail, for everybody in `to`
  bool is_permanent = false;  // trying again without a change cannot help
};

// Waits until the call's deadline, and throws when the call is cancelled.
MailReply Send(const MailServer& server, const Mail& mail, const Call& call);

}  // namespace gatewright::outbound
