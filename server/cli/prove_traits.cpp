#include "server/cli/prove_traits.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "engine/codec/json.h"

namespace gatewright::cli {
namespace {

bool IsOurs(const std::string& plugin) {
  return plugin == "role" || plugin == "group" || plugin == "user";
}

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  while (from <= text.size()) {
    const auto end = std::min(text.find(separator, from), text.size());
    if (end > from) parts.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return parts;
}

// The word by which --people knows a trait.
std::string WordOf(const std::string& trait) {
  const auto end = trait.find_first_of(": ");
  return trait.find(':') == end && end != std::string::npos ? trait.substr(end + 1)
                                                            : trait.substr(0, end);
}

}  // namespace

std::vector<std::string> TraitsIn(const core::PluginUse& use) {
  if (!IsOurs(use.plugin)) return proof::PlainTraits(use);
  const auto config = codec::ParseJson(use.with_json);
  const auto* object = config ? config->if_object() : nullptr;
  const auto* names = object != nullptr ? object->if_contains(use.plugin) : nullptr;
  std::vector<std::string> traits;
  const auto add = [&](const boost::json::value& name) {
    if (name.is_string()) {
      traits.push_back(fmt::format("{}:{}", use.plugin, std::string_view(name.as_string())));
    }
  };
  if (names != nullptr && names->is_array()) {
    for (const auto& name : names->as_array()) add(name);
  } else if (names != nullptr) {
    add(*names);
  }
  return traits.empty() ? proof::PlainTraits(use) : traits;
}

Result<std::vector<proof::Person>> ReadPeople(const std::vector<std::string>& texts,
                                              const core::Workflow& workflow) {
  const auto known = proof::AllTraits(workflow, TraitsIn);
  std::vector<proof::Person> people;
  for (const std::string& text : texts) {
    const auto parts = Split(text, ':');
    if (parts.empty() || parts.size() > 2 || text.front() == ':') {
      return Error{ErrorCode::kInvalid,
                   fmt::format("--people: expected name:role,role, found '{}'", text)};
    }
    proof::Person person;
    person.name = parts[0];
    const std::string self = std::string(proof::kOnePerson) + person.name;
    if (std::ranges::find(known, self) != known.end()) person.traits.push_back(self);
    for (const std::string& word : Split(parts.size() == 2 ? parts[1] : "", ',')) {
      const std::size_t before = person.traits.size();
      for (const std::string& trait : known) {
        const bool is_it = !trait.starts_with(proof::kOnePerson) && WordOf(trait) == word;
        if (is_it) person.traits.push_back(trait);
      }
      if (person.traits.size() > before) continue;
      std::vector<std::string> words;
      for (const std::string& trait : known) words.push_back(WordOf(trait));
      return Error{ErrorCode::kInvalid,
                   fmt::format("--people: workflow '{}' asks for nothing called '{}' (it asks "
                               "for: {})",
                               workflow.name.value, word, fmt::join(words, ", "))};
    }
    const auto is_same = [&](const proof::Person& other) { return other.name == person.name; };
    if (std::ranges::any_of(people, is_same)) {
      return Error{ErrorCode::kInvalid, fmt::format("--people: '{}' is there twice", person.name)};
    }
    people.push_back(std::move(person));
  }
  return people;
}

}  // namespace gatewright::cli
