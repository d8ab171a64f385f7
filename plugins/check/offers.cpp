#include "plugins/check/offers.h"

#include "plugins/host/child/messages.h"
#include "plugins/host/child/pack.h"

namespace gatewright::check {

Finding ListOffers(Specimen& specimen) {
  const auto& offers = specimen.description().offers;
  host::Packer out;
  out.Number(static_cast<std::int64_t>(offers.size()));
  for (const auto& offer : offers) out.One(offer->offer.kind).Text(offer->offer.name);
  return Ok(std::string(out.bytes()));
}

Result<std::vector<OfferName>> OffersIn(const Finding& finding) {
  host::Unpacker in(finding.note);
  std::vector<OfferName> offers;
  const std::int64_t count = in.Number();
  constexpr std::int64_t kMost = 256;  // as the host
  for (std::int64_t i = 0; i < std::min(count, kMost); ++i) {
    const auto kind = in.One(ports::PluginKind::kNotifier);
    offers.push_back({kind, std::string(in.Text())});
  }
  if (!in.is_good()) return host::Garbled("list of offers");
  return offers;
}

}  // namespace gatewright::check
