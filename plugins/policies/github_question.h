// plugins/policies/github_question.h: a question of ours as GitHub asks a custom deployment
// protection rule: its webhook deployment_protection_rule, action requested. Pure; any thread.
// https://docs.github.com/webhooks/webhook-events-and-payloads#deployment_protection_rule
#pragma once

#include <gatewright/plugin.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatewright::policies {

// What the workflow says, because no run does.
struct GitHubNames {
  std::string environment;  // empty: the subject's, else the stage's name
  std::string repository;   // "owner/name"; empty: the subject's
  std::int64_t installation = 0;
};

std::string GitHubQuestion(const Context& context, const GitHubNames& names, std::string_view now);

// X-GitHub-Event and its like; X-Hub-Signature-256 when there is a key. The delivery has one id as
// long as the question is the same.
std::vector<std::pair<std::string, std::string>> GitHubHeaders(std::string_view question_id,
                                                               std::string_view key,
                                                               std::string_view body);

}  // namespace gatewright::policies
