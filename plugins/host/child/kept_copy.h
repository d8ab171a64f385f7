// plugins/host/child/kept_copy.h: the bytes of a library as they were checked, for the processes
// that are started after its file was replaced or taken away. Immutable; any thread.
#pragma once

#include <filesystem>
#include <memory>

#include "engine/base/result.h"
#include "plugins/host/plugin_file.h"

namespace gatewright::host {

class KeptCopy {
 public:
  // In memory that nobody can write to any more.
  static Result<std::shared_ptr<const KeptCopy>> Of(const PluginFile& file);
  ~KeptCopy();
  KeptCopy(const KeptCopy&) = delete;
  KeptCopy& operator=(const KeptCopy&) = delete;

  int descriptor() const { return descriptor_; }
  // As long as it is, the file itself is the better one to load: libraries of its own beside it are
  // found, and a debugger finds it.
  bool IsStillTheFile() const { return IdentityOf(path_) == identity_; }

 private:
  KeptCopy(const PluginFile& file, int descriptor)
      : path_(file.real_path), identity_(file.identity), descriptor_(descriptor) {}

  std::filesystem::path path_;
  FileIdentity identity_;
  int descriptor_;
};

}  // namespace gatewright::host
