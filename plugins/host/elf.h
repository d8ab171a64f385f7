// plugins/host/elf.h: looks into a shared library without running any of its code. Pure.
#pragma once

#include <string>
#include <string_view>

namespace gatewright::host {

// Empty when `bytes` are a complete shared library for this machine that exports the function
// `symbol`; else one sentence: what was expected and what was found. Reads the dynamic symbols, so
// that a stripped library is fine.
std::string FindElfProblem(std::string_view bytes, std::string_view symbol);

}  // namespace gatewright::host
