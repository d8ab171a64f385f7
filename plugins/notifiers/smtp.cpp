// The notifier `smtp`: mails every event, as plain text (docs/notifications.md). A redelivery has
// the Message-ID of the first mail. The password stands in no message.
#include <gatewright/plugin.hpp>

#include <string>
#include <vector>

#include "plugins/notifiers/mime.h"
#include "plugins/notifiers/sentence.h"
#include "plugins/outbound/crypto.h"
#include "plugins/outbound/mail.h"

namespace {

using gatewright::Json;

constexpr std::size_t kMaxSubject = 200;
constexpr std::size_t kBytesOfHash = 8;

std::string ReadAddress(const std::string& text, const std::string& place) {
  if (gatewright::notifiers::IsAddress(text)) return text;
  throw gatewright::InvalidConfig(place + ": expected an address such as ann@example.com, found '" +
                                  gatewright::notifiers::OneLine(text, kMaxSubject) + "'");
}

std::vector<std::string> ReadRecipients(const gatewright::Config& config) {
  std::vector<std::string> all;
  for (const std::string& one : config.Strings("to")) {
    all.push_back(ReadAddress(one, "/to/" + std::to_string(all.size())));
  }
  return all;
}

gatewright::outbound::MailServer ReadServer(const gatewright::Config& config) {
  gatewright::outbound::MailServer server{config.String("url"), config.Bool("allow_private", false),
                                          config.Bool("allow_plaintext", false),
                                          config.String("username", ""),
                                          config.String("password", "")};
  const std::string problem = gatewright::outbound::FindUrlProblem(server);
  if (!problem.empty()) throw gatewright::InvalidConfig("/url: " + problem);
  return server;
}

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

// Letters, digits, dots and dashes, so that the Message-ID needs no quoting.
std::string Bare(std::string_view id) {
  std::string out;
  for (const char c : id) {
    const bool is_bare =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    out += is_bare ? c : '_';
  }
  return out;
}

class Smtp final : public gatewright::Notifier {
 public:
  static constexpr bool kConcurrent = true;
  static constexpr char kName[] = "smtp";
  static constexpr char kSummary[] = "Mails every event, as plain text.";
  // The schema says nothing of what a password looks like: its messages would show what they found.
  static constexpr char kSchema[] = R"({
    "type": "object",
    "examples": [{
      "url": "smtps://mail.example.com:465", "from": "gates@example.com", "to": "team@example.com"
    }],
    "required": ["url", "from", "to"],
    "additionalProperties": false,
    "dependentRequired": {"username": ["password"], "password": ["username"]},
    "properties": {
      "url": {
        "description": "The mail server: smtp://host:port, which has to offer STARTTLS, or smtps://.",
        "type": "string", "minLength": 1, "maxLength": 2000
      },
      "from": {"description": "The sender's address.", "type": "string"},
      "to": {
        "description": "An address, or a list of them.",
        "type": ["string", "array"], "minItems": 1, "maxItems": 50, "items": {"type": "string"}
      },
      "username": {"description": "To log in with.", "type": "string", "minLength": 1},
      "password": {"description": "To log in with."},
      "subject_prefix": {
        "description": "What every subject begins with.",
        "type": "string", "maxLength": 100, "default": "[Gatewright]"
      },
      "allow_plaintext": {
        "description": "Where the server offers no STARTTLS, mail goes unencrypted.",
        "type": "boolean", "default": false
      },
      "allow_private": {
        "description": "Loopback and private addresses may be called.",
        "type": "boolean", "default": false
      }
    }
  })";

  explicit Smtp(const gatewright::Config& config)
      : server_(ReadServer(config)),
        from_(ReadAddress(config.String("from"), "/from")),
        to_(ReadRecipients(config)),
        subject_prefix_(config.String("subject_prefix", "[Gatewright]")) {}

  void Deliver(const gatewright::Event& event, gatewright::Call& call) override {
    call.Checkpoint();
    const auto reply =
        gatewright::outbound::Send(server_, {from_, to_, Write(event, call.now())}, call);
    if (reply.problem.empty()) return;
    const std::string message = "the mail server did not take it: " + reply.problem;
    if (reply.is_permanent) throw gatewright::CallError(GW_INVALID_ARGUMENT, message);
    throw gatewright::Unavailable(message);
  }

 private:
  std::string Write(const gatewright::Event& event, gatewright::TimePoint now) const {
    const auto told = gatewright::notifiers::Tell(event);
    const std::string space = subject_prefix_.empty() ? "" : " ";
    std::string body = told.sentence + "\r\n\r\n";
    for (const std::string& line : told.lines) body += line + "\r\n";
    if (!told.lines.empty()) body += "\r\n";
    for (const auto& [name, value] : told.details) body += name + ": " + value + "\r\n";
    return gatewright::notifiers::AddressHeader("From", {from_}) +
           gatewright::notifiers::AddressHeader("To", to_) +
           gatewright::notifiers::TextHeader(
               "Subject", gatewright::notifiers::OneLine(subject_prefix_ + space + told.sentence,
                                                         kMaxSubject)) +
           gatewright::notifiers::DateHeader(now) + "Message-ID: " + MessageId(event, told.at) +
           "\r\nAuto-Submitted: auto-generated\r\n" + gatewright::notifiers::TextBody(body);
  }

  // Two servers may count their events alike, and two rules may mail the same event to others: each
  // is a mail of its own, which the hash tells apart. A redelivery is the same mail.
  std::string MessageId(const gatewright::Event& event, const std::string& at) const {
    std::string what = std::string(event.id) + '\n' + at + '\n' + from_;
    for (const std::string& one : to_) what += '\n' + one;
    const std::string hash = gatewright::outbound::Sha256(what).substr(0, kBytesOfHash);
    return "<" + Bare(event.id) + "." + Hex(hash) + from_.substr(from_.find('@')) + ">";
  }

  gatewright::outbound::MailServer server_;
  std::string from_;
  std::vector<std::string> to_;
  std::string subject_prefix_;
};

}  // namespace

GATEWRIGHT_PLUGIN("smtp", "1.0.0", gatewright::Offer<Smtp>)
