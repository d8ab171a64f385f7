// plugins/check/offers.h: what a library offers, asked of a process of its own. Pure but for that.
#pragma once

#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "plugins/check/finding.h"
#include "plugins/check/order.h"
#include "plugins/check/specimen.h"

namespace gatewright::check {

// No check, but asked for like one: the offers stand in the note.
constexpr std::string_view kListOffers = "(offers)";
Finding ListOffers(Specimen& specimen);
Result<std::vector<OfferName>> OffersIn(const Finding& finding);

}  // namespace gatewright::check
