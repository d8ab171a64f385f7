// engine/codec/views_delivery.h: what became of notifications, as the API shows it. Pure; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/ports/store.h"

namespace gatewright::codec {

std::string_view WordOf(ports::DeliveryState state);  // "pending" …
std::optional<ports::DeliveryState> DeliveryStateOf(std::string_view word);

void AppendDelivery(std::string& out, const ports::DeliveryRow& row);

}  // namespace gatewright::codec
