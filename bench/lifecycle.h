// bench/lifecycle.h: what each connection of a benchmark does with the shipped workflow: create,
// approve, approve, approve, and again. One thread.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "bench/load.h"

namespace gatewright::bench {

constexpr std::array<std::string_view, 4> kLifecycleStates = {"requested", "approved_by_QA",
                                                              "approved_by_devops", "executed"};

class Lifecycle {
 public:
  Exchange operator()(int connection, std::string_view last_answer) {
    State& state = states_[connection];
    if (!last_answer.empty()) {
      if (state.step == 0) state.id = Member(last_answer, "id");
      state.step = (state.step + 1) % kLifecycleStates.size();
    }
    const auto expected = kLifecycleStates[state.step];
    std::string request =
        state.step == 0 ? Post("/deployments",
                               fmt::format(R"({{"name":"Deploy {}-{}"}})", connection, ++created_))
                        : Post(fmt::format("/deployments/{}/approve", state.id), "{}");
    return {std::move(request),
            [expected](std::string_view answer) { return Member(answer, "state") == expected; }};
  }

 private:
  struct State {
    std::size_t step = 0;
    std::string id;
  };
  std::map<int, State> states_;
  int created_ = 0;
};

}  // namespace gatewright::bench
