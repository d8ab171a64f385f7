// One plugin in several versions: VERSION_TEXT says in its answers which one was asked.
#include <chrono>
#include <gatewright/plugin.hpp>
#include <string>
#include <string_view>
#include <thread>

#include <unistd.h>

namespace {

using gatewright::Attempt;
using gatewright::Call;
using gatewright::Config;

[[maybe_unused]] constexpr std::chrono::milliseconds kLook{5};

class Says final : public gatewright::Approver {
 public:
  static constexpr char kName[] = "test.says", kSummary[] = "Lets nobody vote, and says who it is.";
  static constexpr char kSchema[] = R"({
    "type": "object", "properties": {"old": {"type": "boolean"}}, "additionalProperties": false})";
  explicit Says(const Config& config) {
    // The newest does not know this setting any more.
    if (kVersion >= "3" && config.Bool("old", false))
      throw gatewright::InvalidConfig("/old: is gone");
  }
  gatewright::Eligibility Check(const gatewright::Question&, Call&) override {
    return gatewright::NotEligible("says version " + std::string(kVersion));
  }

 private:
  static constexpr std::string_view kVersion = VERSION_TEXT;
};

#ifndef WITHOUT_WAITS
class Waits final : public gatewright::Executor {
 public:
  static constexpr char kName[] = "test.waits", kSummary[] = "Waits until a file is there.";
  static constexpr char kSchema[] = R"({
    "type": "object", "required": ["file"], "properties": {"file": {"type": "string"}}})";
  explicit Waits(const Config& config) : file_(config.String("file")) {}
  gatewright::Report Start(const Attempt&, Call& call) override {
    call.Output("waiting\n");
    for (; access(file_.c_str(), F_OK) != 0; std::this_thread::sleep_for(kLook)) call.Checkpoint();
    return gatewright::Succeeded("done by version " VERSION_TEXT);
  }

 private:
  std::string file_;
};
#endif

}  // namespace

#ifdef WITHOUT_WAITS
GATEWRIGHT_PLUGIN("versions", VERSION_TEXT, gatewright::Offer<Says>)
#else
GATEWRIGHT_PLUGIN("versions", VERSION_TEXT, gatewright::Offer<Says>, gatewright::Offer<Waits>)
#endif
