// engine/base/embedded.h: files that were built into the program (see cmake/Embed.cmake).
// Immutable.
#pragma once

#include <span>
#include <string_view>

namespace gatewright {

struct EmbeddedFile {
  std::string_view name;
  std::string_view bytes;
};

std::span<const EmbeddedFile> DocsFiles();      // the API page and openapi.json
std::span<const EmbeddedFile> PageFiles();      // the operator's page, packed by web/build.mjs
std::span<const EmbeddedFile> TemplateFiles();  // what `gatewright plugin new` writes

}  // namespace gatewright
