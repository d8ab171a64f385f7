#include "plugins/host/child/sandbox.h"

#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "plugins/host/child/file_rules.h"
#include "plugins/host/child/system_calls.h"

namespace gatewright::host {
namespace {

constexpr rlim_t kMaxFileBytes = 64 * 1024 * 1024;
constexpr rlim_t kMaxDescriptors = 256;

constexpr std::array<std::pair<Grant, std::string_view>, 3> kGrantNames = {
    {{Grant::kNetwork, "network"}, {Grant::kFiles, "files"}, {Grant::kProcesses, "processes"}}};

Result<void> Limit(__rlimit_resource resource, rlim_t value, std::string_view what) {
  const rlimit limit{value, value};
  if (setrlimit(resource, &limit) == 0) return {};
  return Error{ErrorCode::kInternal,
               fmt::format("could not limit {}: {}", what, std::generic_category().message(errno))};
}

// A sanitizer reserves terabytes of address space.
constexpr bool kMayLimitMemory =
#ifdef GATEWRIGHT_SANITIZED
    false;
#else
    true;
#endif

Result<void> LimitResources(const SandboxOptions& options) {
  GW_CHECK(Limit(RLIMIT_CORE, 0, "core dumps"));
  GW_CHECK(Limit(RLIMIT_NOFILE, kMaxDescriptors, "descriptors"));
  GW_CHECK(Limit(RLIMIT_FSIZE, kMaxFileBytes, "the size of files"));
  GW_CHECK(Limit(RLIMIT_MEMLOCK, 0, "locked memory"));
  if (kMayLimitMemory && options.memory_bytes > 0) {
    GW_CHECK(Limit(RLIMIT_AS, static_cast<rlim_t>(options.memory_bytes), "memory"));
  }
  return {};
}

// A server that runs as root must not lend that to a plugin.
Result<void> DropCapabilities() {
  __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> none{};
  if (syscall(SYS_capset, &head, none.data()) == 0) return {};
  return Error{ErrorCode::kInternal, fmt::format("could not drop capabilities: {}",
                                                 std::generic_category().message(errno))};
}

}  // namespace

std::string_view ToString(Grant grant) {
  for (const auto& [known, name] : kGrantNames) {
    if (known == grant) return name;
  }
  return "";
}

std::optional<Grant> GrantFrom(std::string_view name) {
  for (const auto& [grant, known] : kGrantNames) {
    if (known == name) return grant;
  }
  return std::nullopt;
}

Result<std::vector<std::string>> EnterSandbox(const SandboxOptions& options) {
  GW_CHECK(LimitResources(options));
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return Error{ErrorCode::kInternal, "could not give up new privileges"};
  }
  GW_CHECK(DropCapabilities());
  std::vector<std::string> missing;
  if (!options.grants.contains(Grant::kFiles)) {
    GW_TRY(is_known,
           RestrictFiles(options.library.parent_path(), options.grants.contains(Grant::kNetwork),
                         options.grants.contains(Grant::kProcesses)));
    if (!is_known) missing.emplace_back("Landlock (Linux 5.13)");
  }
  GW_CHECK(RestrictSystemCalls(options.grants.contains(Grant::kNetwork),
                               options.grants.contains(Grant::kProcesses)));
  return missing;
}

}  // namespace gatewright::host
