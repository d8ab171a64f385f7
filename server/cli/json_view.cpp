// server/cli/json_view.cpp: members, items and texts of a JSON document.
#include "server/cli/json_view.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace gatewright::cli {
namespace {

constexpr std::size_t kNamesShown = 10;

}  // namespace

JsonView JsonView::operator[](std::string_view name) const {
  const auto* object = value_ == nullptr ? nullptr : value_->if_object();
  const auto* member = object == nullptr ? nullptr : object->if_contains(name);
  return member == nullptr ? JsonView() : JsonView(*member);
}

std::string JsonView::text() const { return Shown(raw_text()); }

std::string JsonView::raw_text() const {
  const auto* text = value_ == nullptr ? nullptr : value_->if_string();
  return text == nullptr ? "" : std::string(std::string_view(*text));
}

std::int64_t JsonView::number() const {
  const auto* number = value_ == nullptr ? nullptr : value_->if_int64();
  return number == nullptr ? 0 : *number;
}

bool JsonView::flag() const {
  const auto* flag = value_ == nullptr ? nullptr : value_->if_bool();
  return flag != nullptr && *flag;
}

std::vector<JsonView> JsonView::items() const {
  std::vector<JsonView> views;
  const auto* array = value_ == nullptr ? nullptr : value_->if_array();
  if (array == nullptr) return views;
  for (const auto& item : *array) views.emplace_back(item);
  return views;
}

std::vector<std::string> JsonView::texts() const {
  std::vector<std::string> texts;
  for (const JsonView& item : items()) texts.push_back(item.text());
  return texts;
}

std::vector<std::pair<std::string, std::string>> JsonView::pairs() const {
  std::vector<std::pair<std::string, std::string>> pairs;
  const auto* object = value_ == nullptr ? nullptr : value_->if_object();
  if (object == nullptr) return pairs;
  for (const auto& member : *object) {
    pairs.emplace_back(Shown(std::string_view(member.key())), JsonView(member.value()).text());
  }
  return pairs;
}

std::string JsonView::json() const { return value_ == nullptr ? "null" : codec::ToJson(*value_); }

std::string Shown(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      out += c;
    } else {
      out += c == '\n' || c == '\t' ? ' ' : '?';
    }
  }
  return out;
}

std::string Names(const std::vector<std::string>& names) {
  if (names.size() <= kNamesShown) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{} and {} more", fmt::join(names.begin(), names.begin() + kNamesShown, ", "),
                     names.size() - kNamesShown);
}

}  // namespace gatewright::cli
