#include "plugins/check/conformance.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "plugins/check/offers.h"
#include "plugins/check/table.h"
#include "plugins/host/child/child_process.h"
#include "plugins/host/text.h"

namespace gatewright::check {
namespace {

using Clock = host::FrameSocket::Clock;

// How often what was measured is tried, until it is believed to be slow.
constexpr int kTries = 3;

class Examination {
 public:
  Examination(const CheckOptions& options, const std::function<void(const CheckResult&)>& on_result)
      : options_(options), on_result_(on_result) {}

  Conformance Run() {
    const bool is_library_good = RunAll(Scope::kLibrary, std::nullopt);
    if (!is_library_good) return std::move(found_);
    const auto offers = OffersIn(Ask(kListOffers, std::nullopt, std::chrono::seconds{10}));
    if (!offers) {
      found_.problem = offers.error().message;
      return std::move(found_);
    }
    bool is_any = false;
    for (const OfferName& offer : *offers) {
      if (!options_.only_offer.empty() && offer.name != options_.only_offer) continue;
      is_any = true;
      RunAll(Scope::kOffer, offer);
    }
    if (!is_any) {
      std::vector<std::string> names;
      for (const OfferName& offer : *offers) names.push_back(offer.name);
      found_.problem = fmt::format("expected it to offer '{}', found {}", options_.only_offer,
                                   fmt::join(names, ", "));
    }
    return std::move(found_);
  }

 private:
  // Up to the first that is not passed: the rest may only be what follows from it.
  bool RunAll(Scope scope, const std::optional<OfferName>& offer) {
    std::string_view broken;
    for (const Check& check : AllChecks()) {
      if (check.scope != scope) continue;
      CheckResult result{check.name, check.promise, offer, {}, {}};
      if (broken.empty()) {
        const auto began = Clock::now();
        result.finding = AskUntilSure(check, offer);
        result.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
        const Verdict verdict = result.finding.verdict;
        if (verdict == Verdict::kFailed || verdict == Verdict::kNotChecked) broken = check.name;
      } else {
        result.finding = Skipped(fmt::format("means little before '{}' is right", broken));
      }
      if (on_result_) on_result_(result);
      found_.results.push_back(std::move(result));
    }
    return broken.empty();
  }

  Finding AskUntilSure(const Check& check, const std::optional<OfferName>& offer) {
    Finding finding = Ask(check.name, offer, check.limit);
    for (int tries = 1; finding.is_measured && tries < kTries; ++tries) {
      finding = Ask(check.name, offer, check.limit);
    }
    return finding;
  }

  Finding Ask(std::string_view check, const std::optional<OfferName>& offer,
              std::chrono::seconds limit) {
    Order order;
    order.check = check;
    if (offer) order.offer = *offer;
    order.sandbox = {options_.library, options_.grants, options_.memory};
    order.has_walls = options_.has_walls;
    order.configs = options_.configs;
    limit = std::min(limit, options_.limit);
    const auto until = Clock::now() + limit;
    auto child =
        host::ChildProcess::Start(options_.program, std::vector<std::string>{"plugin-check-child"});
    if (!child) return NotChecked(child.error().message);
    auto& socket = (*child)->socket();
    if (auto sent = socket.Send(host::FrameType::kCall, Packed(order), until); !sent) {
      return NotChecked(sent.error().message);
    }
    std::string doing;
    for (;;) {
      const auto frame = socket.Receive(until);
      if (!frame) return Ended(**child, doing);
      if (!*frame) {
        return Failed(fmt::format("an end within {} s", limit.count()),
                      fmt::format("none: {}", doing.empty() ? "it hangs" : doing));
      }
      if ((*frame)->type == host::FrameType::kLog) {
        doing = host::CleanText((*frame)->payload);
        continue;
      }
      const auto finding = UnpackedFinding((*frame)->payload);
      return finding ? *finding : Failed("nobody to talk in its place", finding.error().message);
    }
  }

  static Finding Ended(host::ChildProcess& child, const std::string& doing) {
    const std::string end = child.End(true);
    return Failed("its process to go on",
                  fmt::format("it {}{}", end.empty() ? "hung up" : end,
                              doing.empty() ? "" : fmt::format(", while {}", doing)));
  }

  const CheckOptions& options_;
  const std::function<void(const CheckResult&)>& on_result_;
  Conformance found_;
};

}  // namespace

const CheckResult* Conformance::first_failure() const {
  const auto failed = std::ranges::find_if(results, [](const CheckResult& result) {
    return result.finding.verdict == Verdict::kFailed;
  });
  return failed == results.end() ? nullptr : &*failed;
}

bool Conformance::is_complete() const {
  return problem.empty() && std::ranges::none_of(results, [](const CheckResult& result) {
           return result.finding.verdict == Verdict::kNotChecked ||
                  result.finding.verdict == Verdict::kSkipped;
         });
}

Conformance CheckPlugin(const CheckOptions& options,
                        const std::function<void(const CheckResult&)>& on_result) {
  return Examination(options, on_result).Run();
}

}  // namespace gatewright::check
