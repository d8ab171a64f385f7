// tests/support/fake_plugins.h: a catalog of plugins for tests that read definitions: it knows
// names and checks configs against real schemas, and makes nothing. Tests that run plugins have
// their own. Thread-safe once built.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/codec/json_schema.h"
#include "engine/ports/plugins.h"

namespace gatewright::testing {

class FakePlugins : public ports::Plugins {
 public:
  FakePlugins() : library_(1) {
    using enum ports::PluginKind;
    library_.front().name = "fake";
    for (const char* name : {"role", "group", "user"}) Add(kApprover, name, NamesSchema(name));
    Add(kApprover, "expr", R"({"type":"object"})");
    Add(kPolicy, "match", R"({"type":"object","required":["schema"],"additionalProperties":false,
        "properties":{"schema":{"type":["object","boolean"]}}})");
    for (const char* name : {"expr", "http", "quiet-history", "window"}) {
      Add(kPolicy, name, R"({"type":"object"})");
    }
    Add(kPolicy, "scripted", R"({"type":"object"})");
    Add(kExecutor, "noop", R"({"type":"object","additionalProperties":false,
        "properties":{"message":{"type":"string"}}})");
    Add(kExecutor, "command", R"({"type":"object","required":["argv"],
        "additionalProperties":false,"properties":{
          "argv":{"type":"array","minItems":1,"items":{"type":"string"}},
          "cwd":{"type":"string"},"env":{"type":"object"}}})");
    for (const char* name : {"assistants", "http", "kubernetes"})
      Add(kExecutor, name, R"({"type":"object"})");
    Add(kNotifier, "log", R"({"type":"object","additionalProperties":false,
        "properties":{"level":{"enum":["debug","info","warning","error"]}}})");
    for (const char* name : {"slack", "smtp", "webhook"}) {
      Add(kNotifier, name, R"({"type":"object","required":["url"],
        "properties":{"url":{"type":"string","minLength":1}}})");
    }
  }

  void Add(ports::PluginKind kind, const std::string& name, const std::string& schema) {
    ports::Offer offer;
    offer.kind = kind;
    offer.name = name;
    offer.config_schema = schema;
    offer.is_pure = true;
    offer.library = "fake";
    library_.front().offers.push_back(std::move(offer));
  }

  std::vector<ports::PluginInfo> List() const override { return library_; }

  const ports::Offer* Find(ports::PluginKind kind, std::string_view name) const override {
    for (const auto& offer : library_.front().offers) {
      if (offer.kind == kind && offer.name == name) return &offer;
    }
    return nullptr;
  }

  std::vector<std::string> Names(ports::PluginKind kind) const override {
    std::vector<std::string> names;
    for (const auto& offer : library_.front().offers) {
      if (offer.kind == kind) names.push_back(offer.name);
    }
    return names;
  }

  std::vector<ports::ConfigProblem> CheckConfig(ports::PluginKind kind, std::string_view name,
                                                std::string_view config_json) const override {
    const auto schema = codec::JsonSchema::Compile(Find(kind, name)->config_schema);
    if (!schema) return {{"", schema.error().message}};
    std::vector<ports::ConfigProblem> problems;
    for (auto& problem : schema->Validate(config_json)) {
      problems.push_back({std::move(problem.pointer), std::move(problem.message)});
    }
    return problems;
  }

  Result<std::shared_ptr<ports::Approver>> MakeApprover(std::string_view,
                                                        std::string_view) override {
    return CatalogOnly();
  }
  Result<std::shared_ptr<ports::Policy>> MakePolicy(std::string_view, std::string_view) override {
    return CatalogOnly();
  }
  Result<std::shared_ptr<ports::Executor>> MakeExecutor(std::string_view,
                                                        std::string_view) override {
    return CatalogOnly();
  }
  Result<std::shared_ptr<ports::Notifier>> MakeNotifier(std::string_view,
                                                        std::string_view) override {
    return CatalogOnly();
  }

 private:
  static Error CatalogOnly() { return Error{ErrorCode::kInternal, "only a catalog"}; }

  // {"role": "qa"} or {"role": ["qa", "ops"]}
  static std::string NamesSchema(const std::string& name) {
    return R"({"type":"object","additionalProperties":false,"required":[")" + name +
           R"("],"properties":{")" + name +
           R"(":{"type":["string","array"],"minLength":1,"minItems":1,"items":{"type":"string"}}}})";
  }

  std::vector<ports::PluginInfo> library_;
};

}  // namespace gatewright::testing
