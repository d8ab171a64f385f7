// plugins/host/elf.h: looks into a shared library without running any of its code. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gatewright::host {

// Empty when `bytes` are a complete shared library for this machine that exports the function
// `symbol`; else one sentence: what was expected and what was found. Reads the dynamic symbols, so
// that a stripped library is fine.
std::string FindElfProblem(std::string_view bytes, std::string_view symbol);

// The names of everything that other libraries could link to, sorted; empty when there is no ELF
// file.
std::vector<std::string> FindExports(std::string_view bytes);

}  // namespace gatewright::host
