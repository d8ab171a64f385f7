// The executor `command`: runs a program with exactly the arguments given. No shell is involved, so
// nothing in an argument means anything.
#include <gatewright/plugin.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <system_error>
#include <vector>

#include "child.h"
#include "program.h"

namespace {

using std::chrono::milliseconds;

class Command final : public gatewright::Executor {
 public:
  static constexpr bool kConcurrent = true;
  static constexpr char kName[] = "command";
  static constexpr char kSummary[] = "Runs a program; exit code 0 is success.";
  static constexpr char kSchema[] = R"json({
    "type": "object",
    "examples": [{"argv": ["/bin/true"]}, {"argv": ["/bin/sleep", "2"]}],
    "required": ["argv"],
    "additionalProperties": false,
    "properties": {
      "argv": {
        "description": "The program and its arguments, passed on byte by byte; no shell. A program without a slash is looked up in PATH, a relative one in cwd.",
        "type": "array", "minItems": 1, "maxItems": 1000,
        "prefixItems": [{"type": "string", "minLength": 1}],
        "items": {"type": "string"}
      },
      "cwd": {
        "description": "The working directory, absolute. Default: the server's own.",
        "type": "string", "pattern": "^/"
      },
      "env": {
        "description": "A map of names to values; or a list of NAME=value, or NAME alone to pass on the server's own value. Nothing else but PATH and GATEWRIGHT_* is set.",
        "type": ["object", "array"], "maxItems": 1000, "maxProperties": 1000,
        "items": {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*(=|$)"},
        "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
        "additionalProperties": {"type": "string"}
      },
      "stdin": {
        "description": "What the program reads as its standard input.",
        "type": "string", "maxLength": 1048576
      },
      "transient_exit_codes": {
        "description": "Exit codes after which another attempt may succeed; every other one but 0 is final.",
        "type": "array", "maxItems": 255,
        "items": {"type": "integer", "minimum": 1, "maximum": 255}
      },
      "grace_ms": {
        "description": "Between asking the program to stop (TERM) and making it (KILL); also how long what it left running may go on writing after it has ended.",
        "type": "integer", "minimum": 0, "maximum": 60000, "default": 2000
      }
    }
  })json";

  explicit Command(const gatewright::Config& config)
      : argv_(config.Strings("argv")),
        cwd_(config.String("cwd", "")),
        environment_(EnvironmentIn(config)),
        stdin_(config.String("stdin", "")),
        transient_exit_codes_(config.Ints("transient_exit_codes")),
        grace_(config.Int("grace_ms", 2000)) {
    RefuseNul("/cwd", cwd_);
    for (const std::string& argument : argv_) RefuseNul("/argv", argument);
  }

  gatewright::Report Start(const gatewright::Attempt& attempt, gatewright::Call& call) override {
    call.Checkpoint();
    if (!IsFolder(cwd_)) {
      return gatewright::FailedPermanent("expected the working directory '" + cwd_ +
                                         "' to be a folder, found none");
    }
    const Program program = FindProgram(argv_.front(), cwd_, environment_.Get("PATH"));
    if (!program.problem.empty()) return gatewright::FailedPermanent(program.problem);
    try {
      return Run(program.path, attempt, call);
    } catch (const std::system_error& problem) {
      return CannotStart(problem);
    }
  }

 private:
  // A map is what a secret can stand in.
  static std::vector<std::string> EnvironmentIn(const gatewright::Config& config) {
    const gatewright::Json* const env = config.Find("env");
    if (env == nullptr || !env->IsObject()) return config.Strings("env");
    std::vector<std::string> entries;
    for (const auto& [name, value] : env->members()) entries.push_back(name + '=' + value.string());
    return entries;
  }

  static void RefuseNul(const std::string& place, const std::string& text) {
    if (text.find('\0') == std::string::npos) return;
    throw gatewright::InvalidConfig(place + ": expected no NUL byte, which ends an argument early");
  }

  static bool IsFolder(const std::string& path) {
    struct stat facts;
    return path.empty() || (stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode));
  }

  gatewright::Report Run(const std::string& program, const gatewright::Attempt& attempt,
                         gatewright::Call& call) const {
    ChildPlan plan{program, argv_, EnvironmentOf(attempt), cwd_, stdin_, grace_};
    std::int64_t output_bytes = 0;
    const auto on_output = [&](std::string_view bytes) {
      output_bytes += static_cast<std::int64_t>(bytes.size());
      call.Output(bytes);
    };
    const auto should_stop = [&] { return call.is_cancelled() || call.remaining().count() <= 0; };
    const ChildEnd end = RunChild(plan, on_output, should_stop);
    if (end.was_stopped) ThrowStopped(end, call);
    return ReportOf(end, output_bytes);
  }

  std::vector<std::string> EnvironmentOf(const gatewright::Attempt& attempt) const {
    Environment environment = environment_;
    environment.Set("GATEWRIGHT_ATTEMPT_ID", attempt.attempt_id);
    environment.Set("GATEWRIGHT_ATTEMPT_NUMBER", std::to_string(attempt.number));
    environment.Set("GATEWRIGHT_FENCING_TOKEN", std::to_string(attempt.fencing_token));
    environment.Set("GATEWRIGHT_RUN_ID", std::to_string(attempt.run_id));
    environment.Set("GATEWRIGHT_WORKFLOW", attempt.workflow);
    environment.Set("GATEWRIGHT_STAGE", attempt.stage);
    environment.Set("GATEWRIGHT_SUBJECT_DIGEST", attempt.subject_digest);
    return environment.entries();
  }

  [[noreturn]] void ThrowStopped(const ChildEnd& end, const gatewright::Call& call) const {
    const std::string how = end.was_killed ? " killed after " + std::to_string(grace_.count()) +
                                                 " ms in which it did not stop by itself"
                                           : " stopped when it was asked to";
    const std::string who = "'" + argv_.front() + "'" + how;
    if (call.is_cancelled()) throw gatewright::Cancelled("cancelled: " + who);
    throw gatewright::DeadlineExceeded("the deadline passed: " + who);
  }

  gatewright::Report ReportOf(const ChildEnd& end, std::int64_t output_bytes) const {
    const std::string who = "'" + argv_.front() + "' ";
    if (!end.is_known) {
      return gatewright::OutcomeUnknown(who +
                                        "ended, but how is not known: something else in this "
                                        "process waits for its children");
    }
    gatewright::JsonObject outputs;
    outputs.Add("output_bytes", output_bytes);
    if (end.signal != 0) {
      const char* const name = sigdescr_np(end.signal);
      return gatewright::FailedPermanent(who + "was ended by signal " + std::to_string(end.signal) +
                                         (name ? std::string(" (") + name + ")" : ""))
          .WithOutputs(outputs.Add("signal", end.signal).text());
    }
    const std::string summary = who + "ended with exit code " + std::to_string(end.exit_code);
    outputs.Add("exit_code", end.exit_code);
    if (end.exit_code == 0) return gatewright::Succeeded(summary).WithOutputs(outputs.text());
    const bool is_transient =
        std::count(transient_exit_codes_.begin(), transient_exit_codes_.end(), end.exit_code) > 0;
    return (is_transient ? gatewright::FailedTransient(summary)
                         : gatewright::FailedPermanent(summary))
        .WithOutputs(outputs.text());
  }

  // The machine may be short of something for a while; a program it cannot run stays one.
  gatewright::Report CannotStart(const std::system_error& problem) const {
    const std::string why = "'" + argv_.front() + "' could not be started: " + problem.what();
    switch (problem.code().value()) {
      case EAGAIN:
      case ENOMEM:
      case EMFILE:
      case ENFILE:
      case ETXTBSY:
        return gatewright::FailedTransient(why);
      case ENOENT:
        return gatewright::FailedPermanent(why +
                                           " (is its interpreter, named in its "
                                           "first line, there?)");
      default:
        return gatewright::FailedPermanent(why);
    }
  }

  std::vector<std::string> argv_;
  std::string cwd_;
  Environment environment_;
  std::string stdin_;
  std::vector<std::int64_t> transient_exit_codes_;
  milliseconds grace_;
};

}  // namespace

GATEWRIGHT_PLUGIN("command", "1.0.0", gatewright::Offer<Command>)
