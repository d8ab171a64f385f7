// server/cli/version.h: what this program is called by others.
#pragma once

namespace gatewright::cli {

constexpr char kProgramVersion[] = GATEWRIGHT_VERSION;  // from CMakeLists.txt

}  // namespace gatewright::cli
