// The notifier `log`: writes every event as one line of the server's log.
#include <gatewright/plugin.hpp>

#include <string>

namespace {

gw_severity SeverityOf(const std::string& level) {
  if (level == "debug") return GW_DEBUG;
  if (level == "warning") return GW_WARNING;
  if (level == "error") return GW_ERROR;
  return GW_INFO;
}

class Log final : public gatewright::Notifier {
 public:
  static constexpr bool kConcurrent = true;
  static constexpr char kName[] = "log";
  static constexpr char kSummary[] = "Writes every event as one line of the server's log.";
  static constexpr char kSchema[] = R"({
    "type": "object",
    "additionalProperties": false,
    "properties": {
      "level": {
        "description": "How important the line is.",
        "enum": ["debug", "info", "warning", "error"],
        "default": "info"
      }
    }
  })";

  explicit Log(const gatewright::Config& config)
      : severity_(SeverityOf(config.String("level", "info"))) {}

  void Deliver(const gatewright::Event& event, gatewright::Call& call) override {
    call.Checkpoint();
    std::string line(event.type);
    line.append(" ").append(event.id).append(" ").append(event.json);
    call.Log(severity_, line);
  }

 private:
  gw_severity severity_;
};

}  // namespace

GATEWRIGHT_PLUGIN("log", "1.0.0", gatewright::Offer<Log>)
