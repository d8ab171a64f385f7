#include "server/cli/secret_source.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace gatewright::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOurs = "APPROVAL_";
constexpr std::uintmax_t kMaxSize = 64 * 1024;

Result<std::string> FromEnvironment(const std::string& name) {
  if (name.starts_with(kOurs)) {
    return Error{
        ErrorCode::kInvalid,
        fmt::format("secret: the server's own variable {} is no secret for plugins", name)};
  }
  const char* text = std::getenv(name.c_str());
  if (text != nullptr && *text != '\0') return std::string(text);
  return Error{ErrorCode::kUnavailable,
               fmt::format("secret: expected the server's environment to have {}, found {}", name,
                           text == nullptr ? "none" : "an empty one")};
}

// As editors and Kubernetes leave it: one line feed at the end does not belong to it.
Result<std::string> FromFile(const fs::path& folder, const fs::path& file) {
  std::error_code problem;
  const fs::path real_folder = fs::canonical(folder, problem);
  const fs::path real = problem ? fs::path() : fs::canonical(file, problem);
  if (problem) {
    return Error{ErrorCode::kUnavailable, fmt::format("secret: expected to read {}, found: {}",
                                                      file.string(), problem.message())};
  }
  const auto [in_folder, rest] =
      std::mismatch(real_folder.begin(), real_folder.end(), real.begin(), real.end());
  if (in_folder != real_folder.end() || rest == real.end()) {
    return Error{ErrorCode::kInvalid, fmt::format("secret: expected a file below {}, found {}",
                                                  folder.string(), file.string())};
  }
  const auto size = fs::file_size(real, problem);
  if (problem || size > kMaxSize) {
    return Error{ErrorCode::kInvalid, fmt::format("secret: expected {} to be a file of at most {} "
                                                  "bytes",
                                                  file.string(), kMaxSize)};
  }
  std::ifstream stream(real, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (text.ends_with('\n')) text.pop_back();
  if (stream && !text.empty()) return text;
  return Error{ErrorCode::kUnavailable,
               fmt::format("secret: expected text in {}, found none", file.string())};
}

}  // namespace

codec::SecretReader SecretsFrom(fs::path folder) {
  return [folder = std::move(folder)](const codec::SecretReference& reference) {
    return reference.file.empty() ? FromEnvironment(reference.env)
                                  : FromFile(folder, reference.file);
  };
}

}  // namespace gatewright::cli
