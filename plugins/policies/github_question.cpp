#include "plugins/policies/github_question.h"

#include <stdexcept>

#include "plugins/outbound/crypto.h"

namespace gatewright::policies {
namespace {

std::string Hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const char byte : bytes) {
    hex += kDigits[static_cast<unsigned char>(byte) >> 4];
    hex += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return hex;
}

std::string TextIn(const Json& subject, std::string_view name) {
  const Json* const found = subject.IsObject() ? subject.Find(name) : nullptr;
  return found != nullptr && found->type() == Json::Type::kString ? found->string() : "";
}

std::string User(std::string_view login) {
  return JsonObject().Add("login", login).Add("id", 0).Add("type", "User").text();
}

}  // namespace

std::string GitHubQuestion(const Context& context, const GitHubNames& names, std::string_view now) {
  const Json subject =
      Json::Parse(context.subject_json.empty() ? "{}" : std::string(context.subject_json));
  std::string environment = names.environment;
  if (environment.empty()) environment = TextIn(subject, "environment");
  if (environment.empty()) environment = context.stage;
  std::string repository = names.repository;
  if (repository.empty()) repository = TextIn(subject, "repository");
  std::string event = TextIn(subject, "event");
  if (event.empty()) event = "deployment";
  const std::string ref = TextIn(subject, "ref");
  const std::string sha = TextIn(subject, "sha");
  const auto slash = repository.find('/');
  const std::string owner = slash == repository.npos ? "" : repository.substr(0, slash);
  const std::string name = slash == repository.npos ? repository : repository.substr(slash + 1);

  const std::string ours = JsonObject()
                               .Add("run", context.run_id)
                               .Add("workflow", context.workflow)
                               .Add("stage", context.stage)
                               .Add("epoch", context.epoch)
                               .Add("subject_digest", context.subject_digest)
                               .AddJson("subject", subject.source())
                               .text();
  const std::string deployment = JsonObject()
                                     .Add("id", context.run_id)
                                     .Add("task", "deploy")
                                     .Add("environment", environment)
                                     .Add("original_environment", environment)
                                     .Add("ref", ref)
                                     .Add("sha", sha)
                                     .AddJson("description", "null")
                                     .AddJson("payload", ours)
                                     .AddJson("creator", User(context.requester))
                                     .Add("created_at", now)
                                     .Add("updated_at", now)
                                     .text();
  const std::string account =
      JsonObject().Add("login", owner).Add("id", 0).Add("type", "Organization").text();
  return JsonObject()
      .Add("action", "requested")
      .Add("environment", environment)
      .Add("event", event)
      .Add("ref", ref)
      .Add("sha", sha)
      .Add("deployment_callback_url", context.callback_url)
      .AddJson("deployment", deployment)
      .AddJson("pull_requests", "[]")
      .AddJson("repository", JsonObject()
                                 .Add("id", 0)
                                 .Add("name", name)
                                 .Add("full_name", repository)
                                 .Add("private", true)
                                 .AddJson("owner", account)
                                 .text())
      .AddJson("organization", account)
      .AddJson("installation", JsonObject().Add("id", names.installation).text())
      .AddJson("sender", User(context.requester))
      .text();
}

std::vector<std::pair<std::string, std::string>> GitHubHeaders(std::string_view question_id,
                                                               std::string_view key,
                                                               std::string_view body) {
  // Of the form of a UUID, version 8: made from what it is about.
  std::string id = Hex(outbound::Sha256(question_id).substr(0, 16));
  id[12] = '8';
  id[16] = 'a';
  for (const std::size_t at : {20, 16, 12, 8}) id.insert(at, 1, '-');
  std::vector<std::pair<std::string, std::string>> headers = {
      {"X-GitHub-Event", "deployment_protection_rule"},
      {"X-GitHub-Delivery", id},
      {"X-GitHub-Hook-Installation-Target-Type", "integration"}};
  if (!key.empty()) {
    headers.emplace_back("X-Hub-Signature-256", "sha256=" + Hex(outbound::HmacSha256(key, body)));
  }
  return headers;
}

}  // namespace gatewright::policies
