// engine/codec/ticket.h: a ticket lets whoever holds it do one thing that is written in it, without
// any other credential: end an attempt, vote as somebody. Signed with a secret of the installation,
// so that nothing about tickets has to be kept; when it is no good any more is for whoever reads it
// to say. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatewright::codec {

// Fit for a URL as it is. `purpose` keeps the tickets for one thing from being good for another;
// `content` can be read by everybody who holds it.
std::string SignTicket(std::string_view secret, std::string_view purpose, std::string_view content);
// The content; empty when it was not signed with this secret for this purpose.
std::optional<std::string> ReadTicket(std::string_view secret, std::string_view purpose,
                                      std::string_view ticket);

}  // namespace gatewright::codec
