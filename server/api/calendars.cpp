// Calendars: whether actions that keep to one may start now, and when that changes.
#include "engine/codec/json_writer.h"
#include "engine/codec/views.h"
#include "server/api/lists.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

Outcome ListCalendars(Call& call) {
  const auto calendars = call.engine().surroundings().calendars();
  const Time now = call.engine().Now();
  std::string body;
  codec::OpenPage(body);
  codec::JsonWriter json(body);
  for (const auto& [name, calendar] : *calendars) {
    const core::Opening opening = calendar->At(now);
    json.OpenObject();
    json.Key("name").Text(name);
    json.Key("open").Boolean(opening.is_open);
    json.Key("reason").TextOrNull(opening.reason);
    json.Key("changes_at").MomentOrNull(opening.changes_at);
    json.CloseObject();
  }
  codec::ClosePage(body);
  return AnswerList(call.request, std::move(body));
}

}  // namespace

void MountCalendars(Routes& routes) {
  routes.Get("/api/v1/calendars", Access::To(access::Verb::kView, Somewhere), {}, ListCalendars);
}

}  // namespace gatewright::api
