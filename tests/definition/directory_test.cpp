// Who there is, where no identity provider says so.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/definition/directory_loader.h"

namespace gatewright::definition {
namespace {

std::string WithUsers(std::string_view users) {
  return fmt::format(
      "apiVersion: gatewright/v1\nkind: Directory\nmetadata: {{name: people}}\nspec:\n  users: "
      "{}\n",
      users);
}

std::string Mistakes(const std::string& text) {
  std::string all;
  for (const auto& diagnostic : LoadDirectory(text, "d.yaml").diagnostics) {
    all += fmt::format("{}{} {}", all.empty() ? "" : "\n", diagnostic.code, Format(diagnostic));
  }
  return all;
}

TEST(Directory, IsAListOfPeople) {
  const auto directory = LoadDirectory(
      WithUsers("[{id: alice, roles: [qa, lead], groups: [sre]}, {id: bob}, {id: zed, disabled: "
                "true}]"),
      "d.yaml");
  ASSERT_TRUE(directory.ok());
  ASSERT_EQ(directory.people.size(), 2u);
  core::Principal alice;
  alice.id = PrincipalId("alice");
  alice.roles = {"qa", "lead"};
  alice.groups = {"sre"};
  EXPECT_EQ(directory.people[0], alice);
  EXPECT_EQ(directory.people[1].id.value, "bob");
  EXPECT_EQ(directory.disabled, std::vector<PrincipalId>{PrincipalId("zed")});
}

TEST(Directory, SaysHowEachWantsToBeTold) {
  const auto directory = LoadDirectory(
      WithUsers(
          "[{id: ann, notify: {addresses: {email: ann@example.com}, only: needed, quietHours: "
          "{from: '22:00', to: '07:30', zone: Europe/Berlin}, digest: {at: '08:00', zone: "
          "UTC}}}, {id: bob}, {id: zed, disabled: true, notify: {}}]"),
      "d.yaml");
  ASSERT_TRUE(directory.ok());
  ASSERT_EQ(directory.preferences.size(), 1u);
  const core::Preferences& ann = directory.preferences.at(PrincipalId("ann"));
  EXPECT_EQ(ann.addresses.at("email"), "ann@example.com");
  EXPECT_TRUE(ann.only_needed);
  EXPECT_EQ(ann.quiet_hours->from, std::chrono::hours{22});
  EXPECT_EQ(ann.quiet_hours->to, std::chrono::minutes{450});
  EXPECT_EQ(ann.digest->at, std::chrono::hours{8});
}

TEST(Directory, EveryMistakeOfAPreferenceIsTold) {
  const std::string all = Mistakes(
      WithUsers("[{id: a, notify: {addresses: {id: x, 1a: y, email: ''}, only: all, quietHours: "
                "{from: '24:00', to: '8:00', zone: Berlin}, digest: {at: '08:60'}}}, {id: b, "
                "notify: {quietHours: {from: '08:00', to: '08:00', zone: UTC}}}]"));
  for (const char* told :
       {"user 'a', notify: 'addresses': 'id' is the user's own", "'addresses': the name '1a'",
        "'email': expected an address, found nothing in the quotes",
        "'only': the string 'all' is not allowed (allowed: needed)",
        "'from': expected hours and minutes such as \"08:30\", found '24:00'",
        "'to': expected hours and minutes such as \"08:30\", found '8:00'", "'zone': ",
        "'at': expected hours and minutes such as \"08:30\", found '08:60'", "'zone' is missing",
        "user 'b', notify, quietHours: 'quietHours': they end when they begin"}) {
    EXPECT_NE(all.find(told), std::string::npos) << told << " is not in\n" << all;
  }
}

TEST(Directory, MayBeEmpty) { EXPECT_EQ(Mistakes(WithUsers("[]")), ""); }

TEST(Directory, EveryMistakeIsTold) {
  EXPECT_EQ(
      Mistakes(WithUsers("[{id: alice, rols: [qa]}, {id: alice, roles: [a, a]}, {roles: x}, "
                         "{id: ''}, 5, {id: bob, disabled: no}]")),
      R"(unknown_key d.yaml:5:23: user 'alice': unknown key 'rols' (known: id, roles, groups, kind, password, disabled, notify). Did you mean 'roles'?
duplicate d.yaml:5:41: user 'alice': the user 'alice' is listed twice (first in line 5)
bad_value d.yaml:5:59: user 'alice': 'roles': 'a' is in the list already
missing_key d.yaml:5:64: user: 'id' is missing
wrong_type d.yaml:5:72: user: 'roles': expected a list, found the string 'x'
bad_value d.yaml:5:81: user '': 'id': expected a name, found nothing in the quotes
wrong_type d.yaml:5:86: user: 'users': expected a map, found 5
wrong_type d.yaml:5:109: user 'bob': 'disabled': expected true or false, found the string 'no' (only true and false are booleans in YAML 1.2))");
}

TEST(Directory, AFileHoldsOne) {
  EXPECT_EQ(Mistakes(""), "wrong_type d.yaml:1:1: the file is empty (expected a directory)");
  EXPECT_EQ(Mistakes("[]"),
            "wrong_type d.yaml:1:1: expected a map with apiVersion, kind, metadata and spec, found "
            "an empty list");
  EXPECT_EQ(Mistakes(WithUsers("[]") + "---\n" + WithUsers("[]")),
            "too_many d.yaml:7:1: a second document (expected one directory in the file)");
  EXPECT_EQ(Mistakes("apiVersion: gatewright/v1\nkind: Workflow\nmetadata: {name: people}\nspec: "
                     "{users: []}\n"),
            "bad_value d.yaml:2:7: 'kind': the string 'Workflow' is not allowed (allowed: "
            "Directory).");
  EXPECT_EQ(LoadDirectory(WithUsers("[{id: alice}, {id: alice}]"), "d.yaml").people.size(), 0u);
}

}  // namespace
}  // namespace gatewright::definition
