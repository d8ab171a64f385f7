#include "server/cli/prove_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/codec/json_writer.h"

namespace gatewright::cli {
namespace {

using proof::Answer;
using proof::Proof;
using proof::Verdict;

std::string_view MarkOf(const Answer& answer, bool is_strict) {
  if (answer.verdict == Verdict::kProven) return "proven";
  if (answer.verdict == Verdict::kNotProven) return "NOT PROVEN";
  return is_strict || proof::IsMistake(answer.property) ? "VIOLATED" : "found";
}

std::string Indented(const std::string& text) {
  std::string out = "    ";
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '\n' && i + 1 < text.size()) out += "    ";
  }
  return out;
}

std::string NamesOf(const Proof& proof) {
  std::vector<std::string_view> names;
  for (const proof::Person& person : proof.people) names.push_back(person.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

void WriteAnswer(codec::JsonWriter& json, const Answer& answer, const std::string& file) {
  json.OpenObject().Key("property").Word(proof::NameOf(answer.property));
  json.Key("sentence").Text(proof::SentenceOf(answer.property));
  json.Key("verdict").Word(proof::ToString(answer.verdict));
  json.Key("mistake").Boolean(proof::IsMistake(answer.property));
  json.Key("why_not_proven").TextOrNull(answer.why_not_proven);
  json.Key("findings").OpenArray();
  for (const proof::Finding& finding : answer.findings) {
    json.OpenObject().Key("message").Text(finding.message);
    json.Key("replayed").Boolean(finding.script.is_replayed);
    json.Key("status").Word(core::ToString(finding.script.status));
    json.Key("steps").OpenArray();
    for (const std::string& step : finding.script.steps) json.Text(step);
    json.CloseArray();
    json.Key("script").Text(proof::ToYaml(finding.script, file));
    json.CloseObject();
  }
  json.CloseArray().CloseObject();
}

}  // namespace

std::string ProofText(const Proof& proof, const std::string& workflow, const std::string& file,
                      bool is_strict) {
  std::string text = fmt::format("workflow '{}' ({})\n", workflow, file);
  for (const Answer& answer : proof.answers) {
    text += fmt::format("  {:<10}  {}\n", MarkOf(answer, is_strict),
                        proof::SentenceOf(answer.property));
    if (!answer.why_not_proven.empty()) {
      text += fmt::format("              {}\n", answer.why_not_proven);
    }
    for (const proof::Finding& finding : answer.findings) {
      text += fmt::format("              {}; a shortest way there:\n", finding.message);
      text += Indented(proof::ToYaml(finding.script, file));
    }
  }
  text += fmt::format("  people: {}\n", NamesOf(proof));
  text += fmt::format("  {} states, {} transitions, depth {}; at most {} states each time\n",
                      proof.states, proof.transitions, proof.depth, proof.state_limit);
  for (const std::string& limit : proof.limits) text += fmt::format("  limit: {}\n", limit);
  text += fmt::format("  {}\n", proof::ToString(proof.Overall(is_strict)));
  return text;
}

std::string ProofJson(const Proof& proof, const std::string& workflow, const std::string& file,
                      bool is_strict) {
  std::string out;
  codec::JsonWriter json(out);
  json.OpenObject().Key("workflow").Text(workflow).Key("file").Text(file);
  json.Key("verdict").Word(proof::ToString(proof.Overall(is_strict)));
  json.Key("strict").Boolean(is_strict);
  json.Key("answers").OpenArray();
  for (const Answer& answer : proof.answers) WriteAnswer(json, answer, file);
  json.CloseArray();
  json.Key("states").Integer(static_cast<std::int64_t>(proof.states));
  json.Key("transitions").Integer(static_cast<std::int64_t>(proof.transitions));
  json.Key("depth").Integer(static_cast<std::int64_t>(proof.depth));
  json.Key("state_limit").Integer(static_cast<std::int64_t>(proof.state_limit));
  json.Key("limits").OpenArray();
  for (const std::string& limit : proof.limits) json.Text(limit);
  json.CloseArray().Key("people").OpenArray();
  for (const proof::Person& person : proof.people) json.Text(person.name);
  json.CloseArray().CloseObject();
  return out;
}

}  // namespace gatewright::cli
