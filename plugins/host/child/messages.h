// plugins/host/child/messages.h: what the frames hold. Each value has a Pack and an Unpack; what is
// unpacked borrows from the bytes. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/principal.h"
#include "engine/ports/plugins.h"
#include "plugins/host/child/pack.h"
#include "plugins/host/plugin_host.h"

namespace gatewright::host {

// What a library says of itself; `problem` when it cannot be used.
struct Described {
  std::string name;
  std::string version;
  std::string abi;
  std::string problem;
  std::vector<ports::Offer> offers;
};

struct MakeMessage {
  std::int64_t order = 0;  // comes back with kDone, so that no answer is taken for another's
  std::int64_t instance = 0;
  ports::PluginKind kind = ports::PluginKind::kApprover;
  std::string_view name;
  std::string_view config_json;
};

enum class Function { kCheck = 1, kEvaluate, kStart, kProbe, kStop, kRollback, kDeliver };

struct EventMessage {
  std::string_view id;
  std::string_view type;
  std::string_view json;
};

// One question of any kind; the members that the function does not need stay empty.
struct CallMessage {
  std::int64_t order = 0;
  std::int64_t instance = 0;
  Function function = Function::kCheck;
  Duration limit{0};
  Time now;
  ports::AttemptRequest request;  // its context serves all kinds
  core::Principal principal;      // kCheck
  EventMessage event;             // kDeliver
};

// What became of a delivery: an answer of the plugin's, also when it was not delivered.
struct DeliveryMessage {
  bool is_delivered = false;
  ErrorCode code = ErrorCode::kInternal;  // when it was not
  std::string message;
  ports::DeliveryAdvice advice;
};

struct LogMessage {
  LogSeverity severity = LogSeverity::kInfo;
  std::string_view offer;
  std::string_view line;
};

struct ProgressMessage {
  int percent = 0;
  std::string_view text;
};

void Pack(Packer& out, const Described& value);
void Pack(Packer& out, const MakeMessage& value);
void Pack(Packer& out, const CallMessage& value);
void Pack(Packer& out, const LogMessage& value);
void Pack(Packer& out, const ProgressMessage& value);
void Pack(Packer& out, const ports::Eligibility& value);
void Pack(Packer& out, const ports::PolicyVerdict& value);
void Pack(Packer& out, const ports::AttemptReport& value);
void Pack(Packer& out, const DeliveryMessage& value);

void Unpack(Unpacker& in, Described& value);
void Unpack(Unpacker& in, MakeMessage& value);
void Unpack(Unpacker& in, CallMessage& value);
void Unpack(Unpacker& in, LogMessage& value);
void Unpack(Unpacker& in, ProgressMessage& value);
void Unpack(Unpacker& in, ports::Eligibility& value);
void Unpack(Unpacker& in, ports::PolicyVerdict& value);
void Unpack(Unpacker& in, ports::AttemptReport& value);
void Unpack(Unpacker& in, DeliveryMessage& value);

template <class Value>
std::string Packed(const Value& value) {
  Packer out;
  Pack(out, value);
  return std::string(out.bytes());
}

// An answer or why there is none.
template <class Value>
std::string PackedResult(const Result<Value>& result) {
  Packer out;
  out.Flag(result.has_value());
  if (result) {
    Pack(out, *result);
  } else {
    out.One(result.error().code).Text(result.error().message);
  }
  return std::string(out.bytes());
}
std::string PackedResult(const Result<void>& result);

Error Garbled(std::string_view what);

template <class Value>
Result<Value> Unpacked(std::string_view bytes, std::string_view what) {
  Unpacker in(bytes);
  Value value;
  Unpack(in, value);
  if (!in.is_good()) return Garbled(what);
  return value;
}

// The Error of a packed result, or nothing; leaves `in` before the value.
std::optional<Error> UnpackError(Unpacker& in);

template <class Value>
Result<Value> UnpackedResult(std::string_view bytes) {
  Unpacker in(bytes);
  if (auto error = UnpackError(in)) return *std::move(error);
  Value value;
  Unpack(in, value);
  if (!in.is_good()) return Garbled("answer");
  return value;
}
template <>
Result<void> UnpackedResult<void>(std::string_view bytes);

}  // namespace gatewright::host
