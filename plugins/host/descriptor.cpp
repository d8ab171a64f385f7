#include "plugins/host/descriptor.h"

#include <fmt/format.h>

#include <set>
#include <string_view>
#include <utility>

#include "plugins/host/child/messages.h"
#include "plugins/host/text.h"

namespace gatewright::host {
namespace {

using ports::PluginKind;

constexpr std::uint32_t kMaxOffers = 256;
constexpr std::size_t kMaxName = 100;
constexpr std::size_t kMaxSchema = 256 * 1024;

Error Invalid(std::string message) { return {ErrorCode::kInvalid, std::move(message)}; }

// No struct that a plugin makes has grown since ABI 1.0, so every member has to be there.
template <class Struct>
Result<void> CheckSize(const Struct* raw, std::string_view what) {
  if (raw == nullptr) return Invalid(fmt::format("expected {}, found a null pointer", what));
  if (raw->struct_size >= sizeof(Struct)) return {};
  return Invalid(fmt::format("{}: expected struct_size to be at least {}, found {}", what,
                             sizeof(Struct), raw->struct_size));
}

// A name that can stand in a workflow file, a file name and a metric.
Result<std::string> ReadName(const char* text, std::string_view what) {
  if (text == nullptr) return Invalid(fmt::format("expected {}, found a null pointer", what));
  const std::string_view name(text);
  const bool is_good =
      !name.empty() && name.size() <= kMaxName &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-") == std::string_view::npos;
  if (is_good) return std::string(name);
  return Invalid(fmt::format("expected {} to be 1 to {} characters of a-z 0-9 . _ -, found '{}'",
                             what, kMaxName, CleanLine(name, kMaxName)));
}

Result<std::string> ReadText(const char* text, std::string_view what) {
  if (text == nullptr) return Invalid(fmt::format("expected {}, found a null pointer", what));
  return CleanLine(text);
}

template <class Functions>
Result<Functions> ReadFunctions(const void* raw, std::string_view what) {
  const auto* functions = static_cast<const Functions*>(raw);
  GW_CHECK(CheckSize(functions, what));
  return ReadStruct(functions);
}

Error MissingSlot(std::string_view slot) {
  return Invalid(fmt::format("expected the function {}, found a null pointer", slot));
}

// Fills in the kind and its functions.
Result<void> ReadKind(const gw_offer& table, LoadedOffer& loaded) {
  if (table.kind == nullptr) return Invalid("expected a kind, found a null pointer");
  const std::string_view kind = table.kind;
  if (kind == GW_KIND_APPROVER) {
    loaded.offer.kind = PluginKind::kApprover;
    loaded.offer.is_pure = (table.flags & GW_PURE) != 0;
    GW_TRY(functions, ReadFunctions<gw_approver>(table.functions, "gw_approver"));
    if (!functions.check) return MissingSlot("check");
    loaded.functions = functions;
  } else if (kind == GW_KIND_POLICY) {
    loaded.offer.kind = PluginKind::kPolicy;
    loaded.offer.wants_facts = (table.flags & GW_WANTS_FACTS) != 0;
    GW_TRY(functions, ReadFunctions<gw_policy>(table.functions, "gw_policy"));
    if (!functions.evaluate) return MissingSlot("evaluate");
    loaded.functions = functions;
  } else if (kind == GW_KIND_EXECUTOR) {
    loaded.offer.kind = PluginKind::kExecutor;
    GW_TRY(functions, ReadFunctions<gw_executor>(table.functions, "gw_executor"));
    if (!functions.start) return MissingSlot("start");
    loaded.offer.can_probe = functions.probe != nullptr;
    loaded.offer.can_stop = functions.stop != nullptr;
    loaded.offer.can_rollback = functions.rollback != nullptr;
    loaded.functions = functions;
  } else if (kind == GW_KIND_NOTIFIER) {
    loaded.offer.kind = PluginKind::kNotifier;
    GW_TRY(functions, ReadFunctions<gw_notifier>(table.functions, "gw_notifier"));
    if (!functions.deliver) return MissingSlot("deliver");
    loaded.functions = functions;
  } else {
    return Invalid(fmt::format("expected a kind out of {}, {}, {}, {}, found '{}'",
                               GW_KIND_APPROVER, GW_KIND_POLICY, GW_KIND_EXECUTOR, GW_KIND_NOTIFIER,
                               CleanLine(kind, kMaxName)));
  }
  return {};
}

Result<codec::JsonSchema> ReadSchema(const char* raw) {
  if (raw == nullptr) return Invalid("expected config_schema, found a null pointer");
  const std::string_view text = raw;
  if (text.size() > kMaxSchema) {
    return Invalid(
        fmt::format("config_schema: expected at most {} bytes, found {}", kMaxSchema, text.size()));
  }
  auto schema = codec::JsonSchema::Compile(text);
  if (!schema) {
    return Invalid(fmt::format("config_schema: expected a JSON Schema: {}",
                               CleanLine(schema.error().message)));
  }
  return schema;
}

Result<std::shared_ptr<const LoadedOffer>> ReadOffer(const gw_offer* raw,
                                                     const std::string& library) {
  GW_CHECK(CheckSize(raw, "gw_offer"));
  const gw_offer table = ReadStruct(raw);
  GW_TRY(name, ReadName(table.name, "its name"));
  const auto in_offer = [&](const Error& error) {
    return Invalid(fmt::format("'{}': {}", name, error.message));
  };
  auto schema = ReadSchema(table.config_schema);
  if (!schema) return in_offer(schema.error());
  auto summary = ReadText(table.summary, "a summary");
  if (!summary) return in_offer(summary.error());

  LoadedOffer loaded{{}, table, {}, *std::move(schema)};
  loaded.offer.name = name;
  loaded.offer.summary = *std::move(summary);
  loaded.offer.config_schema = table.config_schema;
  loaded.offer.library = library;
  if (auto kind = ReadKind(table, loaded); !kind) return in_offer(kind.error());
  if (!table.create) return in_offer(MissingSlot("create"));
  if (!table.destroy) return in_offer(MissingSlot("destroy"));
  return std::make_shared<const LoadedOffer>(std::move(loaded));
}

// A major that we do not speak may have laid out everything else differently, so this comes first.
Result<void> CheckAbi(const gw_plugin& plugin) {
  if (plugin.abi_major != GW_ABI_MAJOR) {
    return Invalid(fmt::format("expected ABI {}.x, found {}.{}; build it against this server's SDK",
                               GW_ABI_MAJOR, plugin.abi_major, plugin.abi_minor));
  }
  if (plugin.abi_minor > GW_ABI_MINOR) {
    return Invalid(fmt::format("expected ABI {}.{} or older, found {}.{}; it needs a newer server",
                               GW_ABI_MAJOR, GW_ABI_MINOR, plugin.abi_major, plugin.abi_minor));
  }
  return {};
}

Result<void> ReadOffers(const gw_plugin& plugin, Description& description) {
  if (plugin.offer_count == 0 || plugin.offer_count > kMaxOffers || plugin.offers == nullptr) {
    return Invalid(fmt::format("expected 1 to {} offers, found {}", kMaxOffers,
                               plugin.offers == nullptr ? 0 : plugin.offer_count));
  }
  std::set<std::pair<PluginKind, std::string>> seen;
  for (std::uint32_t i = 0; i < plugin.offer_count; ++i) {
    auto offer = ReadOffer(plugin.offers[i], description.name);
    if (!offer) return Invalid(fmt::format("offer {}: {}", i, offer.error().message));
    const ports::Offer& made = (*offer)->offer;
    if (!seen.insert({made.kind, made.name}).second) {
      return Invalid(fmt::format("offer {}: expected every name once, found {} '{}' twice", i,
                                 ports::ToString(made.kind), made.name));
    }
    description.offers.push_back(*std::move(offer));
  }
  return {};
}

Result<void> Read(const gw_plugin* raw, Description& description) {
  if (raw == nullptr) {
    return Invalid("expected gw_plugin_entry() to return a table, found a null pointer");
  }
  constexpr std::size_t kAbiEnd = offsetof(gw_plugin, abi_minor) + sizeof(raw->abi_minor);
  if (raw->struct_size >= kAbiEnd) {
    description.abi = fmt::format("{}.{}", raw->abi_major, raw->abi_minor);
    GW_CHECK(CheckAbi(*raw));
  }
  GW_CHECK(CheckSize(raw, "gw_plugin"));
  const gw_plugin plugin = ReadStruct(raw);
  GW_TRY(name, ReadName(plugin.name, "the plugin's name"));
  description.name = std::move(name);
  GW_TRY(version, ReadText(plugin.version, "the plugin's version"));
  description.version = std::move(version);
  return ReadOffers(plugin, description);
}

Result<std::shared_ptr<const LoadedOffer>> ReadDescribedOffer(
    ports::Offer offer, const std::shared_ptr<ChildPool>& pool) {
  GW_TRY(name, ReadName(offer.name.c_str(), "an offer's name"));
  GW_TRY(schema, ReadSchema(offer.config_schema.c_str()));
  // Asking another process is no small thing, whatever the plugin does there.
  offer.is_pure = false;
  return std::make_shared<const LoadedOffer>(
      LoadedOffer{std::move(offer), {}, {}, std::move(schema), pool});
}

Result<void> ReadDescribedOffers(Described& described, const std::shared_ptr<ChildPool>& pool,
                                 Description& description) {
  GW_TRY(name, ReadName(described.name.c_str(), "the plugin's name"));
  for (ports::Offer& offer : described.offers) {
    offer.library = name;
    GW_TRY(read, ReadDescribedOffer(std::move(offer), pool));
    description.offers.push_back(std::move(read));
  }
  return {};
}

}  // namespace

Description ReadDescribed(Described described, const std::shared_ptr<ChildPool>& pool) {
  Description description;
  description.name = described.name;
  description.version = std::move(described.version);
  description.abi = std::move(described.abi);
  description.problem = std::move(described.problem);
  if (!description.problem.empty()) return description;
  if (auto read = ReadDescribedOffers(described, pool, description); !read) {
    description.problem = read.error().message;
    description.offers.clear();
  }
  return description;
}

Description ReadDescriptor(const gw_plugin* plugin) {
  Description description;
  if (auto read = Read(plugin, description); !read) {
    description.problem = read.error().message;
    description.offers.clear();
  }
  return description;
}

}  // namespace gatewright::host
