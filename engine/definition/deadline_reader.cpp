#include "engine/definition/deadline_reader.h"

#include <fmt/format.h>

#include <array>

#include "engine/definition/plugin_use.h"

namespace gatewright::definition {
namespace {

constexpr std::size_t kMaxReminders = 10;
constexpr std::size_t kMaxLevels = 10;

class DeadlineReader {
 public:
  DeadlineReader(const Node& node, const RuleReader& rules, const LoadContext& context,
                 const Scope& scope)
      : rules_(rules),
        context_(context),
        scope_(scope),
        fields_(scope, node,
                {{"after"}, {"clock", "remind", "onTimeout", "allowAutoTimeout", "escalate"}, {}}) {
  }

  core::Deadline Read() {
    after_ = fields_.Time("after", kMinDeadline, kMaxDeadline);
    deadline_.after = after_.value_or(Duration{0});
    deadline_.clock = fields_.Name("clock", kWorkflowNameRule).value_or("");
    if (const Node* list = fields_.List("remind", 1, kMaxReminders)) ReadReminders(*list);
    if (const Node* list = fields_.List("escalate", 1, kMaxLevels)) {
      for (const Node& item : list->items()) ReadLevel(item);
    }
    ReadOnTimeout();
    return std::move(deadline_);
  }

 private:
  void ReadReminders(const Node& list) {
    for (const Node& item : list.items()) {
      const auto before = scope_.AsDuration(item, "remind", kMinDeadline, kMaxDeadline);
      if (!before) continue;
      if (after_ && *before >= *after_) {
        scope_.Report(item.mark(), codes::kOutOfRange,
                      fmt::format("'remind': {} before the deadline is not after the opening of "
                                  "the gate (allowed: less than {})",
                                  item.text(), FormatDuration(*after_)));
      } else if (!deadline_.reminders.empty() && *before >= deadline_.reminders.back()) {
        scope_.Report(item.mark(), codes::kOutOfRange,
                      fmt::format("'remind': {} is out of order: write the longest first, each "
                                  "once (the one before is {})",
                                  item.text(), FormatDuration(deadline_.reminders.back())));
      } else {
        deadline_.reminders.push_back(*before);
      }
    }
  }

  void ReadLevel(const Node& node) {
    const Scope scope = scope_.In(fmt::format("level {}", ++levels_));
    if (!scope.IsMap(node, "escalate")) return;
    const Fields fields(scope, node, {{"after", "add"}, {"rules"}, {}});
    core::Escalation level;
    if (const auto after = fields.Time("after", kMinDeadline, kMaxDeadline)) {
      level.after = *after;
      const Node& given = *fields.Find("after");
      if (after_ && *after >= *after_) {
        scope.Report(given.mark(), codes::kOutOfRange,
                     fmt::format("'after': {} is not before the deadline (allowed: less than {})",
                                 given.text(), FormatDuration(*after_)));
      }
      if (*after <= last_level_) {
        scope.Report(given.mark(), codes::kOutOfRange,
                     fmt::format("'after': {} is out of order: each level is later than the one "
                                 "before ({})",
                                 given.text(), FormatDuration(last_level_)));
      }
      last_level_ = std::max(last_level_, *after);
    }
    if (const Node* add = fields.Find("add")) level.add = ReadApprover(*add, context_, scope);
    if (const Node* list = fields.List("rules", 1, kMaxRules)) {
      level.rules = rules_.ReadNames(*list, "rules", scope);
    }
    deadline_.levels.push_back(std::move(level));
  }

  void ReadOnTimeout() {
    constexpr std::array<std::string_view, 4> kWords = {"expire", "reject", "escalate", "approve"};
    constexpr std::array<core::OnTimeout, 4> kValues = {
        core::OnTimeout::kExpire, core::OnTimeout::kReject, core::OnTimeout::kEscalate,
        core::OnTimeout::kApprove};
    const auto is_allowed = fields_.Bool("allowAutoTimeout");
    const auto word = fields_.Choice("onTimeout", kWords);
    if (!word) return;
    deadline_.on_timeout = kValues[*word];
    const Mark mark = fields_.Find("onTimeout")->mark();
    if (deadline_.on_timeout == core::OnTimeout::kEscalate && !fields_.Find("escalate")) {
      scope_.Report(mark, codes::kMissingKey,
                    "'onTimeout: escalate' needs 'escalate', the list of who may vote then");
    }
    if (deadline_.on_timeout != core::OnTimeout::kApprove) return;
    if (!fields_.Find("allowAutoTimeout") || is_allowed == false) {
      scope_.Report(mark, is_allowed ? codes::kBadValue : codes::kMissingKey,
                    "'onTimeout: approve' lets time approve without anybody; if that is meant, "
                    "add 'allowAutoTimeout: true'");
    }
  }

  const RuleReader& rules_;
  const LoadContext& context_;
  Scope scope_;
  Fields fields_;
  core::Deadline deadline_;
  std::optional<Duration> after_;
  std::size_t levels_ = 0;
  Duration last_level_{0};
};

}  // namespace

core::Deadline ReadDeadline(const Node& node, const RuleReader& rules, const LoadContext& context,
                            const Scope& scope) {
  return DeadlineReader(node, rules, context, scope.In("deadline")).Read();
}

}  // namespace gatewright::definition
