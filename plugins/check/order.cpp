#include "plugins/check/order.h"

#include "plugins/host/child/messages.h"
#include "plugins/host/child/pack.h"

namespace gatewright::check {

std::string Packed(const Order& order) {
  host::Packer out;
  out.Text(order.check).One(order.offer.kind).Text(order.offer.name);
  out.Text(order.sandbox.library.string()).Number(order.sandbox.memory_bytes);
  std::vector<std::string> grants;
  for (const host::Grant grant : order.sandbox.grants) grants.emplace_back(ToString(grant));
  out.Texts(grants).Flag(order.has_walls).Texts(order.configs);
  return std::string(out.bytes());
}

Result<Order> UnpackedOrder(std::string_view bytes) {
  host::Unpacker in(bytes);
  Order order;
  order.check = in.Text();
  order.offer.kind = in.One(ports::PluginKind::kNotifier);
  order.offer.name = in.Text();
  order.sandbox.library = in.Text();
  order.sandbox.memory_bytes = in.Number();
  for (const std::string& name : in.Texts()) {
    if (const auto grant = host::GrantFrom(name)) order.sandbox.grants.insert(*grant);
  }
  order.has_walls = in.Flag();
  order.configs = in.Texts();
  if (!in.is_good()) return host::Garbled("order");
  return order;
}

std::string Packed(const Finding& finding) {
  host::Packer out;
  out.One(finding.verdict).Text(finding.expected).Text(finding.found).Text(finding.note);
  out.Flag(finding.is_measured);
  return std::string(out.bytes());
}

Result<Finding> UnpackedFinding(std::string_view bytes) {
  host::Unpacker in(bytes);
  Finding finding;
  finding.verdict = in.One(Verdict::kSkipped);
  finding.expected = in.Text();
  finding.found = in.Text();
  finding.note = in.Text();
  finding.is_measured = in.Flag();
  if (!in.is_good()) return host::Garbled("finding");
  return finding;
}

}  // namespace gatewright::check
