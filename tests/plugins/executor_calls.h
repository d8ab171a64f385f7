// Calls an executor of ours through the host, as the engine does, and keeps what it writes.
#pragma once

#include <gmock/gmock.h>

#include <atomic>
#include <boost/json.hpp>
#include <memory>
#include <string>

#include "tests/plugins/loopback_server.h"
#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {

class ExecutorCalls : public ::testing::Test {
 protected:
  struct Sink final : ports::AttemptSink {
    void Output(std::string_view bytes) override { output += bytes; }
    void Progress(int, std::string_view) override {}
    std::string output;
  };

  explicit ExecutorCalls(std::string name) : name_(std::move(name)) {}

  Result<ports::AttemptReport> TryStart(const boost::json::value& config, Duration limit = kLimit) {
    GW_TRY(executor, host_->MakeExecutor(name_, boost::json::serialize(config)));
    return executor->Start(Request(""), sink_, limit, cancelled_);
  }
  ports::AttemptReport Start(const boost::json::value& config, Duration limit = kLimit) {
    return Given(TryStart(config, limit));
  }
  Result<ports::AttemptReport> TryProbe(const boost::json::value& config, std::string handle) {
    GW_TRY(executor, host_->MakeExecutor(name_, boost::json::serialize(config)));
    return executor->Probe(Request(handle), sink_, kLimit);
  }
  ports::AttemptReport Probe(const boost::json::value& config, std::string handle) {
    return Given(TryProbe(config, std::move(handle)));
  }
  ports::AttemptReport Stop(const boost::json::value& config, std::string handle) {
    const auto executor = host_->MakeExecutor(name_, boost::json::serialize(config));
    if (!executor) return Given(executor.error());
    return Given((*executor)->Stop(Request(handle), sink_, kLimit));
  }

  ports::AttemptRequest Request(std::string_view handle) const {
    ports::AttemptRequest request{SomeContext(), "run-42-attempt-2", 2, 7, handle};
    request.context.callback_url = callback_url_;
    return request;
  }

  std::string callback_url_ = "http://127.0.0.1:1/api/v1/callbacks/t";
  std::string name_;
  std::unique_ptr<PluginHost> host_ = LoadOurs();
  Sink sink_;
  std::atomic<bool> cancelled_{false};

 private:
  static ports::AttemptReport Given(Result<ports::AttemptReport> report) {
    if (report) return *std::move(report);
    ADD_FAILURE() << report.error().message;
    return {};
  }
};

}  // namespace gatewright::host
