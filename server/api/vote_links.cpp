// Links in messages with which somebody votes: a page that asks once more, and the vote. Looking at
// a link changes nothing: mail programs open links before people do.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "engine/codec/digest.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

using runtime::VoteLinkLook;
using runtime::VoteLinkState;

constexpr std::string_view kLinkStyle =
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:38rem;margin:3rem auto;padding:0 1rem}"
    "dt{font-weight:600}dd{margin:0 0 .6rem;overflow-wrap:anywhere}"
    "button{font:inherit;padding:.6rem 1.4rem;cursor:pointer}";
constexpr std::size_t kShownSubject = 4000;

std::string EscapedHtml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// Its style is inline; no script, image or frame is allowed.
http::Response LinkPage(int status, std::string_view title, std::string_view content) {
  http::Response page;
  page.status = status;
  page.content_type = "text/html; charset=utf-8";
  page.body = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" "
      "content=\"noindex\"><title>{0}</title><style>{1}</style></head>\n<body><h1>{0}</h1>\n{2}"
      "</body></html>\n",
      EscapedHtml(title), kLinkStyle, content);
  page.headers.push_back(
      {"Content-Security-Policy",
       "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; "
       "base-uri 'none'"});
  page.headers.push_back({"Referrer-Policy", "no-referrer"});
  page.headers.push_back({"Cache-Control", "no-store"});
  page.headers.push_back({"X-Content-Type-Options", "nosniff"});
  return page;
}

std::string LinkParagraph(std::string_view text) {
  return fmt::format("<p>{}</p>\n", EscapedHtml(text));
}

std::string_view VerbOf(core::Choice choice) {
  return choice == core::Choice::kReject ? "Reject" : "Approve";
}

std::string WhatItIsAbout(const VoteLinkLook& look) {
  const core::Run& run = *look.run;
  const auto row = [](std::string_view name, std::string_view value) {
    return fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, EscapedHtml(value));
  };
  std::string subject = run.subject_json.substr(0, kShownSubject);
  if (subject.size() < run.subject_json.size()) subject += " …";
  return "<dl>\n" + row("Run", fmt::format("{} ({})", run.id.value, run.name)) +
         row("Workflow", run.workflow.value) + row("Gate", look.link.stage.value) +
         row("Requested by", run.requester.value) + row("Subject", subject) +
         row("Its digest", run.subject_digest) + row("You vote as", look.link.person.value) +
         row("The link is good until", FormatTime(look.link.expires)) + "</dl>\n";
}

http::Response AskOnceMore(const VoteLinkLook& look) {
  const std::string_view verb = VerbOf(look.link.choice);
  const std::string title =
      fmt::format("{} {} of run {}?", verb, look.link.stage.value, look.link.run.value);
  return LinkPage(
      200, title,
      WhatItIsAbout(look) +
          LinkParagraph(
              "Nothing has happened yet. The button casts your vote; when the gate has all "
              "that it needs, the run goes on at once. The link can be used once.") +
          fmt::format("<form method=\"post\"><button type=\"submit\">{}</button></form>\n", verb));
}

// Why a link is good for nothing.
http::Response ExplainLink(const VoteLinkLook& look) {
  switch (look.state) {
    case VoteLinkState::kGood:
      break;
    case VoteLinkState::kInvalid:
      return LinkPage(
          404, "This is no link of ours",
          LinkParagraph("It was cut off or changed on its way. Open it again from the message."));
    case VoteLinkState::kExpired:
      return LinkPage(410, "This link has expired",
                      LinkParagraph(fmt::format("It was good until {}. Vote in your inbox instead.",
                                                FormatTime(look.link.expires))));
    case VoteLinkState::kUsed:
      return LinkPage(410, "This link has been used",
                      LinkParagraph("A message's links vote once. What became of the run is in its "
                                    "history."));
    case VoteLinkState::kDecided:
      return LinkPage(
          409, "This gate is not open any more",
          LinkParagraph(fmt::format("Gate {} of run {} was decided, or opened anew, since this "
                                    "message was sent.",
                                    look.link.stage.value, look.link.run.value)));
    case VoteLinkState::kChanged:
      return LinkPage(
          409, "The subject has changed",
          LinkParagraph("What you were asked about is not what would be approved now. Look at "
                        "it again before you vote."));
    case VoteLinkState::kNobody:
      return LinkPage(
          403, "You may not vote any more",
          LinkParagraph(fmt::format("{} is not in the directory.", look.link.person.value)));
  }
  return AskOnceMore(look);
}

http::Response NotNow() {
  http::Response page = LinkPage(503, "Not now", LinkParagraph("Try again in a moment."));
  page.headers.push_back({"Retry-After", "1"});
  return page;
}

http::Response VotedByLink(core::Choice choice, const runtime::Reply& reply) {
  switch (reply.kind) {
    case runtime::ReplyKind::kDone:
      return LinkPage(
          200, choice == core::Choice::kReject ? "Rejected" : "Approved",
          LinkParagraph(fmt::format("Your vote on run {} is kept. The run is now in state {}.",
                                    reply.run->id.value, reply.run->state)));
    case runtime::ReplyKind::kRefused:
      return LinkPage(reply.refusal.code == core::RefusalCode::kNotEligible ? 403 : 409,
                      "Your vote was not taken", LinkParagraph(reply.refusal.detail));
    case runtime::ReplyKind::kInvalid:
      return LinkPage(422, "This vote needs more than a click",
                      LinkParagraph("The gate asks for a form. Vote in your inbox instead."));
    case runtime::ReplyKind::kReplayed:
      break;
    case runtime::ReplyKind::kFailed:
      if (reply.error.code != ErrorCode::kInvalid && reply.error.code != ErrorCode::kConflict) {
        return NotNow();
      }
      break;
  }
  VoteLinkLook used;
  used.state = VoteLinkState::kUsed;
  return ExplainLink(used);
}

runtime::VoteRequest VoteOf(const VoteLinkLook& look) {
  const runtime::VoteLink& link = look.link;
  runtime::VoteRequest request;
  request.actor = look.person;
  request.run = link.run;
  request.stage = link.stage;
  request.epoch = link.epoch;
  request.choice = link.choice;
  request.expected.subject_digest = link.subject_digest;
  runtime::Idempotency once;
  once.key = runtime::UseKey(link);
  once.fingerprint = codec::Sha256Hex(VerbOf(link.choice));
  const core::Choice choice = link.choice;
  once.render = [choice](const runtime::Reply& reply) {
    ports::AnswerRow row;
    row.status = VotedByLink(choice, reply).status;
    return row;
  };
  request.idempotency = std::move(once);
  return request;
}

Outcome LookAtLink(Call& call) {
  return AnswerInBackground(
      call, [](ApiContext& api, const http::Request& request, const core::Principal&) {
        const auto look = api.engine().LookAtVoteLink(request.Param("ticket"));
        return look ? ExplainLink(*look) : NotNow();
      });
}

// A link is as good as its person's own vote, and no better.
Outcome RefusePerson(Call& call, const VoteLinkLook& look) {
  const auto run = call.engine().GetRun(look.link.run);
  if (!run || !*run) return NotNow();
  auth::Identity person;
  person.principal = look.person;
  const access::Resource place = ResourceOf(call.api, **run, look.link.stage.value);
  const auto decision = DecideFor(call.api, person, access::Verb::kVote, place);
  if (decision.is_allowed) return std::nullopt;
  return LinkPage(403, "You may not vote any more", LinkParagraph(decision.why));
}

Outcome VoteByLink(Call& call) {
  const auto look = call.engine().LookAtVoteLink(call.request.Param("ticket"));
  if (!look) return NotNow();
  if (look->state != VoteLinkState::kGood) return ExplainLink(*look);
  if (auto refusal = RefusePerson(call, *look)) return refusal;
  const core::Choice choice = look->link.choice;
  call.engine().Vote(VoteOf(*look),
                     [responder = call.responder, choice](runtime::Reply reply) mutable {
                       auto shared = std::make_shared<const runtime::Reply>(std::move(reply));
                       responder.Answer([choice, shared] { return VotedByLink(choice, *shared); });
                     });
  return std::nullopt;
}

}  // namespace

void MountVoteLinks(Routes& routes) {
  routes.Get("/vote/:ticket", Access::Open(), {}, LookAtLink);
  routes.Post("/vote/:ticket", Access::Open(), {}, VoteByLink);
}

}  // namespace gatewright::api
