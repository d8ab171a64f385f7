// server/cli/password_prompt.h: a password from whoever sits at the terminal, unseen, or the first
// line of standard input. One thread.
#pragma once

#include <string>

#include "engine/base/result.h"

namespace gatewright::cli {

Result<std::string> AskPassword(const std::string& question);

}  // namespace gatewright::cli
