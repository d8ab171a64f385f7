#include "engine/codec/views_delivery.h"

#include <array>
#include <utility>

#include "engine/codec/json_writer.h"

namespace gatewright::codec {
namespace {

using ports::DeliveryState;

constexpr std::array<std::pair<DeliveryState, std::string_view>, 5> kDeliveryWords = {{
    {DeliveryState::kPending, "pending"},
    {DeliveryState::kDelivered, "delivered"},
    {DeliveryState::kFailed, "failed"},
    {DeliveryState::kDisabled, "disabled"},
    {DeliveryState::kDropped, "dropped"},
}};

}  // namespace

std::string_view WordOf(DeliveryState state) {
  for (const auto& [known, word] : kDeliveryWords) {
    if (known == state) return word;
  }
  return "";
}

std::optional<DeliveryState> DeliveryStateOf(std::string_view word) {
  for (const auto& [state, known] : kDeliveryWords) {
    if (known == word) return state;
  }
  return std::nullopt;
}

void AppendDelivery(std::string& out, const ports::DeliveryRow& row) {
  JsonWriter json(out);
  json.OpenObject();
  json.Key("id").Integer(row.id);
  json.Key("event_id").Text(row.event);
  json.Key("type").Text(row.topic);
  json.Key("run_id").Integer(row.run.value);
  json.Key("notifier").Text(row.notifier);
  json.Key("recipient").TextOrNull(row.recipient);
  json.Key("receiver").Text(row.lane);
  json.Key("state").Word(WordOf(row.state));
  json.Key("tries").Integer(row.tries);
  json.Key("last_error").TextOrNull(row.problem);
  json.Key("created_at").Moment(row.created_at);
  json.Key("updated_at").Moment(row.updated_at);
  json.Key("next_try_at");
  if (row.state == DeliveryState::kPending) {
    json.Moment(row.due);
  } else {
    json.Null();
  }
  json.CloseObject();
}

}  // namespace gatewright::codec
