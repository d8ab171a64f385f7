#include "plugins/host/child/kept_copy.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

namespace gatewright::host {
namespace {

// Out of the way of the numbers that a process of a plugin gets its descriptors under.
constexpr int kLowest = 16;

Error NoCopy() {
  return {ErrorCode::kUnavailable, fmt::format("expected memory for a copy of it, found: {}",
                                               std::generic_category().message(errno))};
}

}  // namespace

Result<std::shared_ptr<const KeptCopy>> KeptCopy::Of(const PluginFile& file) {
  const int first =
      memfd_create(file.real_path.filename().c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (first < 0) return NoCopy();
  const int descriptor = fcntl(first, F_DUPFD_CLOEXEC, kLowest);
  close(first);
  if (descriptor < 0) return NoCopy();
  std::shared_ptr<const KeptCopy> copy(new KeptCopy(file, descriptor));
  for (std::string_view rest = file.bytes; !rest.empty();) {
    const ssize_t written = write(descriptor, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return NoCopy();
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  constexpr int kSeals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
  if (fcntl(descriptor, F_ADD_SEALS, kSeals) != 0) return NoCopy();
  return copy;
}

KeptCopy::~KeptCopy() { close(descriptor_); }

}  // namespace gatewright::host
