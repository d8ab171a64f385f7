#include "plugins/check/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <mutex>

#include "plugins/check/offers.h"
#include "plugins/check/order.h"
#include "plugins/check/specimen.h"
#include "plugins/check/table.h"
#include "plugins/host/child/frame.h"
#include "plugins/host/child/serve.h"

namespace gatewright::check {
namespace {

constexpr auto kNeverLate = host::FrameSocket::Clock::time_point::max();
constexpr int kUsage = 2;

Finding Examine(const Order& order, host::FrameSocket& socket) {
  const Meters meters;
  if (order.has_walls) {
    const auto walls = host::EnterSandbox(order.sandbox);
    if (!walls) return NotChecked(walls.error().message);
  }
  const auto say = [&socket](std::string_view what) {
    [[maybe_unused]] const auto sent = socket.Send(host::FrameType::kLog, what, kNeverLate);
  };
  Specimen specimen(order, meters, say);
  if (order.check == kListOffers) return ListOffers(specimen);
  const Check* const check = FindCheck(order.check);
  return check == nullptr ? NotChecked("there is no such check") : check->run(specimen);
}

}  // namespace

int RunCheckChild() {
  if (fcntl(host::kServerSocket, F_GETFD) < 0) {
    fmt::print(stderr,
               "gatewright plugin-check-child: 'gatewright plugin check' starts this itself\n");
    return kUsage;
  }
  host::FrameSocket socket(host::kServerSocket);
  const auto frame = socket.Receive(kNeverLate);
  if (!frame || !*frame || (*frame)->type != host::FrameType::kCall) return kUsage;
  const auto order = UnpackedOrder((*frame)->payload);
  if (!order) return kUsage;
  const Finding finding = Examine(*order, socket);
  [[maybe_unused]] const auto sent =
      socket.Send(host::FrameType::kDone, Packed(finding), kNeverLate);
  // No destructor of the plugin's runs, and no thread of it is waited for.
  _exit(0);
}

}  // namespace gatewright::check
