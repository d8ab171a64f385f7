// server/http/date_cache.h: the Date header's text, made anew once a second. One thread.
#pragma once

#include <ctime>
#include <string_view>

namespace gatewright::http {

class DateCache {
 public:
  std::string_view Get() {
    timespec now{};
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec != second_) Format(now.tv_sec);
    return {text_, size_};
  }

 private:
  void Format(std::time_t second);

  std::time_t second_ = 0;
  std::size_t size_ = 0;
  char text_[40];
};

}  // namespace gatewright::http
