#include "plugins/outbound/mail.h"

#include <algorithm>

#include "plugins/outbound/transfer.h"

namespace gatewright::outbound {
namespace {

std::size_t GiveText(char* buffer, std::size_t size, std::size_t count, void* self) {
  auto& rest = *static_cast<std::string_view*>(self);
  const std::size_t given = rest.copy(buffer, size * count);
  rest.remove_prefix(given);
  return given;
}

std::size_t DropReply(char*, std::size_t size, std::size_t count, void*) { return size * count; }

MailReply Judge(CURLcode code, const Transfer& transfer) {
  if (code == CURLE_OK) return {};
  if (code == CURLE_USE_SSL_FAILED) {
    return {"expected STARTTLS, which it does not offer; allow_plaintext would do without", true};
  }
  const long answer = transfer.ResponseCode();
  if (answer >= 400 && answer < 600) {
    return {"it answered " + std::to_string(answer) + " (" + transfer.problem + ")", answer >= 500};
  }
  return {transfer.problem, transfer.is_refused};
}

}  // namespace

std::string FindUrlProblem(const MailServer& server) {
  InitOnce();
  const Owned<CURLU> url(curl_url());
  if (url == nullptr ||
      curl_url_set(url.get(), CURLUPART_URL, server.url.c_str(), 0) != CURLUE_OK ||
      PartOf(url.get(), CURLUPART_HOST).empty()) {
    return "expected a URL such as smtp://mail.example.com:587";
  }
  const std::string scheme = PartOf(url.get(), CURLUPART_SCHEME);
  if (scheme != "smtp" && scheme != "smtps") {
    return "expected smtp:// or smtps://, found " + scheme + "://";
  }
  for (const CURLUPart part : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS}) {
    if (!PartOf(url.get(), part).empty()) {
      return "expected no user and no password in it; they have settings of their own";
    }
  }
  const std::string path = PartOf(url.get(), CURLUPART_PATH);
  if ((!path.empty() && path != "/") || !PartOf(url.get(), CURLUPART_QUERY).empty() ||
      !PartOf(url.get(), CURLUPART_FRAGMENT).empty()) {
    return "expected nothing after the host and the port";
  }
  return {};
}

MailReply Send(const MailServer& server, const Mail& mail, const Call& call) {
  Owned<curl_slist> recipients;
  for (const std::string& one : mail.to) Append(recipients, "<" + one + ">");
  const std::string from = "<" + mail.from + ">";
  std::string_view rest = mail.text;
  Transfer transfer(server.url, {server.allows_private, true, "allow_private"}, call);
  transfer.Set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  transfer.Set(CURLOPT_USE_SSL,
               static_cast<long>(server.allows_plaintext ? CURLUSESSL_TRY : CURLUSESSL_ALL));
  if (!server.username.empty()) {
    transfer.Set(CURLOPT_USERNAME, server.username.c_str());
    transfer.Set(CURLOPT_PASSWORD, server.password.c_str());
  }
  transfer.Set(CURLOPT_MAIL_FROM, from.c_str());
  transfer.Set(CURLOPT_MAIL_RCPT, recipients.get());
  transfer.Set(CURLOPT_UPLOAD, 1L);
  transfer.Set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail.text.size()));
  transfer.Set(CURLOPT_READFUNCTION, &GiveText);
  transfer.Set(CURLOPT_READDATA, &rest);
  transfer.Set(CURLOPT_WRITEFUNCTION, &DropReply);
  return Judge(transfer.Perform(), transfer);
}

}  // namespace gatewright::outbound
