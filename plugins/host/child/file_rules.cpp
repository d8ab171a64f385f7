#include "plugins/host/child/file_rules.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace gatewright::host {
namespace {

// glibc has no functions for these.
int CreateRuleset(const landlock_ruleset_attr* attributes, std::size_t size, unsigned flags) {
  return static_cast<int>(syscall(SYS_landlock_create_ruleset, attributes, size, flags));
}
long AddRule(int ruleset, const landlock_path_beneath_attr& rule) {
  return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

// Every right of Landlock's first version; later ones (moving files, truncating, devices) are about
// files that nobody here may open for writing anyway.
constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t kRead = kReadFile | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kRun = kRead | LANDLOCK_ACCESS_FS_EXECUTE;
constexpr std::uint64_t kEverything =
    kRun | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

Error Failed(const char* what) {
  return {ErrorCode::kInternal,
          fmt::format("Landlock: {}: {}", what, std::generic_category().message(errno))};
}

class Ruleset {
 public:
  explicit Ruleset(int descriptor) : descriptor_(descriptor) {}
  ~Ruleset() { close(descriptor_); }
  Ruleset(const Ruleset&) = delete;
  Ruleset& operator=(const Ruleset&) = delete;

  // A path that is not there needs no rule.
  Result<void> Allow(const char* path, std::uint64_t rights) {
    const int place = open(path, O_PATH | O_CLOEXEC);
    if (place < 0) return {};
    struct stat facts;
    const bool is_folder = fstat(place, &facts) == 0 && S_ISDIR(facts.st_mode);
    if (!is_folder)
      rights &= kReadFile | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE;
    const long added = AddRule(descriptor_, {rights, place});
    close(place);
    if (added != 0) return Failed(path);
    return {};
  }

  Result<void> Enforce() {
    if (syscall(SYS_landlock_restrict_self, descriptor_, 0) != 0) return Failed("restrict");
    return {};
  }

 private:
  int descriptor_;
};

}  // namespace

Result<bool> RestrictFiles(const std::filesystem::path& plugin_folder, bool with_network,
                           bool with_processes) {
  if (CreateRuleset(nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) < 1) return false;
  const landlock_ruleset_attr attributes{kEverything};
  const int descriptor = CreateRuleset(&attributes, sizeof attributes, 0);
  if (descriptor < 0) return Failed("create");
  Ruleset rules(descriptor);
  const std::uint64_t system = with_processes ? kRun : kRead;
  for (const char* path : {"/usr", "/lib", "/lib64", "/bin", "/sbin"}) {
    GW_CHECK(rules.Allow(path, system));
  }
  // The dynamic linker's cache, time zones, and what malloc and random numbers look at.
  for (const char* path : {"/etc/ld.so.cache", "/etc/localtime", "/dev/urandom",
                           "/sys/devices/system/cpu", "/proc/sys/vm/overcommit_memory"}) {
    GW_CHECK(rules.Allow(path, kRead));
  }
  GW_CHECK(rules.Allow("/dev/null", kReadFile | LANDLOCK_ACCESS_FS_WRITE_FILE));
  GW_CHECK(rules.Allow(plugin_folder.c_str(), kRead));
  if (with_network) {
    for (const char* path : {"/etc/resolv.conf", "/run/systemd/resolve", "/etc/hosts",
                             "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf",
                             "/etc/services", "/etc/ssl", "/etc/ca-certificates"}) {
      GW_CHECK(rules.Allow(path, kRead));
    }
  }
  GW_CHECK(rules.Enforce());
  return true;
}

}  // namespace gatewright::host
