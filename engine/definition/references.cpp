#include "engine/definition/references.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "engine/base/edit_distance.h"

namespace gatewright::definition {
namespace {

using Words = std::span<const std::string_view>;

// What a run gives to its actions.
constexpr std::array<std::string_view, 3> kRoots = {"subject", "run", "stage"};
constexpr std::array<std::string_view, 4> kRunFields = {"id", "name", "workflow", "requester"};
constexpr std::array<std::string_view, 1> kStageFields = {"name"};

std::vector<std::string_view> Split(std::string_view path) {
  std::vector<std::string_view> steps;
  while (true) {
    const std::size_t dot = path.find('.');
    steps.push_back(path.substr(0, dot));
    if (dot == path.npos) return steps;
    path.remove_prefix(dot + 1);
  }
}

bool IsStep(std::string_view step) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return !step.empty() && step.find_first_not_of(kAllowed) == step.npos;
}

class Checker {
 public:
  Checker(const Node* subject_schema, const Scope& scope)
      : subject_schema_(subject_schema), scope_(scope) {}

  void Check(Mark mark, std::string_view path) {
    const auto steps = Split(path);
    for (const std::string_view step : steps) {
      if (IsStep(step)) continue;
      return Bad(mark,
                 fmt::format("'${{{}}}' is not a path such as ${{subject.version}} (a path is "
                             "names joined by dots, nothing more)",
                             path));
    }
    if (steps[0] == "run") return CheckFixed(mark, path, steps, kRunFields);
    if (steps[0] == "stage") return CheckFixed(mark, path, steps, kStageFields);
    if (steps[0] == "subject") return CheckSubject(mark, path, steps);
    Bad(mark, fmt::format("'${{{}}}' starts with '{}' (allowed: {}).{}", path, steps[0],
                          fmt::join(kRoots, ", "), DidYouMeanSuffix(steps[0], Words(kRoots))));
  }

 private:
  void Bad(Mark mark, std::string message) {
    scope_.Report(mark, codes::kBadReference, std::move(message));
  }

  void CheckFixed(Mark mark, std::string_view path, const std::vector<std::string_view>& steps,
                  Words known) {
    const bool is_known =
        steps.size() == 2 && std::find(known.begin(), known.end(), steps[1]) != known.end();
    if (is_known) return;
    Bad(mark, fmt::format("'${{{}}}' names nothing ('{}' has: {}).{}", path, steps[0],
                          fmt::join(known, ", "),
                          steps.size() > 1 ? DidYouMeanSuffix(steps[1], known) : ""));
  }

  void CheckSubject(Mark mark, std::string_view path, const std::vector<std::string_view>& steps) {
    if (steps.size() == 1) {
      return Bad(mark,
                 "'${subject}' is a whole object; name one of its values, as in "
                 "${subject.version}");
    }
    const Node* schema = subject_schema_;
    for (std::size_t i = 1; schema && i < steps.size(); ++i) {
      const Node* properties = schema->Find("properties");
      const Node* next = properties ? properties->Find(steps[i]) : nullptr;
      if (!next && IsClosed(*schema)) {
        std::vector<std::string_view> known;
        if (properties) {
          for (const YamlMember& member : properties->members()) known.push_back(member.key);
        }
        return Bad(mark, fmt::format("'${{{}}}' names nothing: the subject's schema has no '{}' "
                                     "(it has: {}).{}",
                                     path, steps[i], fmt::join(known, ", "),
                                     DidYouMeanSuffix(steps[i], Words(known))));
      }
      schema = next;
    }
  }

  // Whether a property not named by the schema cannot be there.
  static bool IsClosed(const Node& schema) {
    const Node* additional = schema.Find("additionalProperties");
    return additional && additional->is_bool() && !additional->bool_value() &&
           !schema.Find("patternProperties");
  }

  const Node* subject_schema_;
  const Scope& scope_;
};

void CheckText(const Node& node, Checker& checker, ReferenceUse use, const Scope& scope) {
  std::string_view text = node.text();
  for (std::size_t start = text.find("${"); start != text.npos; start = text.find("${")) {
    if (use == ReferenceUse::kNotHere) {
      return scope.Report(node.mark(), codes::kBadReference,
                          "'${…}' is filled in only in the settings of an action");
    }
    text.remove_prefix(start + 2);
    const std::size_t end = text.find('}');
    if (end == text.npos) {
      return scope.Report(node.mark(), codes::kBadReference, "'${' without a closing '}'");
    }
    checker.Check(node.mark(), text.substr(0, end));
    text.remove_prefix(end + 1);
  }
}

void Walk(const Node& node, Checker& checker, ReferenceUse use, const Scope& scope) {
  if (node.is_string()) CheckText(node, checker, use, scope);
  for (const Node& item : node.items()) Walk(item, checker, use, scope);
  for (const YamlMember& member : node.members()) Walk(member.value, checker, use, scope);
}

}  // namespace

void CheckReferences(const Node& with, const Node* subject_schema, ReferenceUse use,
                     const Scope& scope) {
  Checker checker(subject_schema, scope);
  Walk(with, checker, use, scope);
}

}  // namespace gatewright::definition
