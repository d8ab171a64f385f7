// server/cli/files.cpp: open, look at what it is, read.
#include "server/cli/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace gatewright::cli {
namespace {

Error CannotRead(const std::string& path, const char* why) {
  const ErrorCode code = errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kInvalid;
  return Error{code, fmt::format("{}: cannot be read: {}", path, why)};
}

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace

Result<std::string> ReadFile(const std::string& path, std::size_t limit) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0) return CannotRead(path, std::strerror(errno));
  struct stat status {};
  if (::fstat(file.fd, &status) != 0) return CannotRead(path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return CannotRead(path, "it is not a file");

  std::string text;
  char buffer[16 * 1024];
  while (true) {
    const ssize_t count = ::read(file.fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return CannotRead(path, std::strerror(errno));
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > limit) {
      return Error{ErrorCode::kInvalid,
                   fmt::format("{}: expected at most {} bytes, found more", path, limit)};
    }
  }
}

}  // namespace gatewright::cli
