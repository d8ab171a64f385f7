#include "engine/definition/references.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "engine/base/edit_distance.h"
#include "engine/definition/schema_reader.h"

namespace gatewright::definition {
namespace {

using Words = std::span<const std::string_view>;

// What a run gives to its actions, and to the keys of its locks.
constexpr std::array<std::string_view, 4> kActionRoots = {"subject", "run", "stage", "stages"};
constexpr std::array<std::string_view, 2> kLockRoots = {"subject", "run"};
constexpr std::array<std::string_view, 4> kRunFields = {"id", "name", "workflow", "requester"};
constexpr std::array<std::string_view, 3> kLockRunFields = {"name", "workflow", "requester"};
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
  Checker(const LoadContext& context, ReferenceUse use, const Scope& scope)
      : context_(context), use_(use), scope_(scope) {}

  void Check(Mark mark, std::string_view path) {
    const auto steps = Split(path);
    for (const std::string_view step : steps) {
      if (IsStep(step)) continue;
      return Bad(mark,
                 fmt::format("'${{{}}}' is not a path such as ${{subject.version}} (a path is "
                             "names joined by dots, nothing more)",
                             path));
    }
    if (use_ == ReferenceUse::kRecipient) {
      if (steps.size() == 2 && steps[0] == "recipient") return;
      return Bad(mark, fmt::format("'${{{}}}' is nothing of a person's (allowed: ${{recipient.id}} "
                                   "and addresses of the directory such as ${{recipient.email}})",
                                   path));
    }
    const bool is_action = use_ == ReferenceUse::kAction;
    const Words roots = is_action ? Words(kActionRoots) : Words(kLockRoots);
    if (std::find(roots.begin(), roots.end(), steps[0]) == roots.end()) {
      Bad(mark, fmt::format("'${{{}}}' starts with '{}' (allowed{}: {}).{}", path, steps[0],
                            is_action ? "" : " in the key of a lock", fmt::join(roots, ", "),
                            DidYouMeanSuffix(steps[0], roots)));
    } else if (steps[0] == "run") {
      CheckFixed(mark, path, steps, is_action ? Words(kRunFields) : Words(kLockRunFields));
    } else if (steps[0] == "stage") {
      CheckFixed(mark, path, steps, kStageFields);
    } else if (steps[0] == "stages") {
      CheckForm(mark, path, steps);
    } else {
      CheckSubject(mark, path, steps);
    }
  }

 private:
  void Bad(Mark mark, std::string message) {
    scope_.Report(mark, codes::kBadReference, std::move(message));
  }

  void CheckFixed(Mark mark, std::string_view path, Words steps, Words known) {
    const bool is_known =
        steps.size() == 2 && std::find(known.begin(), known.end(), steps[1]) != known.end();
    if (is_known) return;
    Bad(mark, fmt::format("'${{{}}}' names nothing ('{}' has: {}).{}", path, steps[0],
                          fmt::join(known, ", "),
                          steps.size() > 1 ? DidYouMeanSuffix(steps[1], known) : ""));
  }

  void CheckSubject(Mark mark, std::string_view path, Words steps) {
    if (steps.size() == 1) {
      return Bad(mark,
                 "'${subject}' is a whole object; name one of its values, as in "
                 "${subject.version}");
    }
    if (const auto dead_end =
            FindDeadEnd(context_.subject_schema, steps.subspan(1), "the subject's schema")) {
      Bad(mark, fmt::format("'${{{}}}' names nothing: {}", path, *dead_end));
    }
  }

  // stages.<earlier stage>.form.<property>
  void CheckForm(Mark mark, std::string_view path, Words steps) {
    if (steps.size() < 4 || steps[2] != "form") {
      return Bad(mark, fmt::format("'${{{}}}' is no value of a form (expected a path such as "
                                   "${{stages.QA.form.ticket}})",
                                   path));
    }
    const KnownStage* stage = nullptr;
    std::vector<std::string_view> with_form;
    for (const KnownStage& earlier : context_.earlier) {
      if (!earlier.form) continue;
      with_form.push_back(earlier.name);
      if (earlier.name == steps[1]) stage = &earlier;
    }
    if (!stage) {
      return Bad(
          mark,
          fmt::format("'${{{}}}' names nothing: no stage '{}' with a form comes "
                      "before this one (there are: {}).{}",
                      path, steps[1],
                      with_form.empty() ? "none" : fmt::format("{}", fmt::join(with_form, ", ")),
                      DidYouMeanSuffix(steps[1], Words(with_form))));
    }
    const std::string form = fmt::format("the form of stage '{}'", stage->name);
    const Node* properties = stage->form->Find("properties");
    const Node* property = properties ? properties->Find(steps[3]) : nullptr;
    if (!property) {
      std::vector<std::string_view> known;
      if (properties) {
        for (const YamlMember& member : properties->members()) known.push_back(member.key);
      }
      return Bad(mark, fmt::format("'${{{}}}' names nothing: {} declares no '{}' (it has: {}).{}",
                                   path, form, steps[3], fmt::join(known, ", "),
                                   DidYouMeanSuffix(steps[3], Words(known))));
    }
    if (const auto dead_end = FindDeadEnd(property, steps.subspan(4), form)) {
      Bad(mark, fmt::format("'${{{}}}' names nothing: {}", path, *dead_end));
    }
  }

  const LoadContext& context_;
  ReferenceUse use_;
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

void CheckReferences(const Node& node, const LoadContext& context, ReferenceUse use,
                     const Scope& scope) {
  Checker checker(context, use, scope);
  Walk(node, checker, use, scope);
}

}  // namespace gatewright::definition
