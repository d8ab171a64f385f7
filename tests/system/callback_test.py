#!/usr/bin/env python3
"""callback_test.py PROGRAM: a policy whose check is made outside asks, signed, and gets its answer
by callback: once, from whoever holds the ticket, also over a restart."""

import base64
import hmac
import json
import os
import sys
import urllib.parse

from gatewright import Client, expect, in_threads, run_tests, running, until
from receiver import Receiver

PROGRAM = os.path.abspath(sys.argv[1])
KEY = b"only this test knows it, nobody else"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
WORKFLOW = """apiVersion: gatewright/v1
kind: Workflow
metadata: {{name: checked}}
spec:
  stages:
    - name: Release
      doneState: released
      gate:
        rules: [{{id: checks, from: {{role: nobody}}}}]
        auto:
          - id: scanner
            plugin: http
            fills: [checks]
            with: {{url: '{url}/scan', allowPrivate: true, answer: callback, secret: {{env: KEY}}}}
"""


def checked(receiver, arguments=()):
    return running(PROGRAM, arguments=["--plugins-trust", "anybody", *arguments],
                   environment={"KEY": SECRET}, prepare=lambda server: (
                       server.workflows / "checked.yaml").write_text(
                           WORKFLOW.format(url=receiver.url)))


def ask(server, receiver):
    """A run that waits, and the request that its policy has sent."""
    created = server.client("rita").post("/api/v1/runs", {"workflow": "checked", "name": "v1"})
    expect(created.status == 201, str(created))
    return created.json["id"], receiver.take()


def ticket_path(asked):
    return urllib.parse.urlsplit(json.loads(asked.body)["callback_url"]).path


def answer(server, path, body):
    return Client(server.port).post(path, body)


def vote_of(server, run):
    history = server.client().get(f"/api/v1/runs/{run}/history").json["items"]
    return [item["event"] for item in history if item["event"]["type"] == "VoteCast"]


def the_question_is_signed_and_says_where_to_answer():
    receiver = Receiver()
    with checked(receiver) as server:
        run, asked = ask(server, receiver)
        content = f"{asked.headers['webhook-id']}.{asked.headers['webhook-timestamp']}."
        expected = base64.b64encode(
            hmac.digest(KEY, content.encode() + asked.body, "sha256")).decode()
        expect(asked.headers["webhook-signature"] == "v1," + expected, str(asked.headers))
        question = json.loads(asked.body)
        expect(question["run"]["id"] == run, str(question))
        expect(question["callback_url"].startswith(f"http://127.0.0.1:{server.port}/api/v1/callb"),
               question["callback_url"])


def the_answer_is_the_policys_vote_and_counts_once():
    receiver = Receiver()
    with checked(receiver) as server:
        run, asked = ask(server, receiver)
        path = ticket_path(asked)
        note = answer(server, path, {"state": "pending", "comment": "looking"})
        expect(note.status == 204, str(note))
        expect(server.client().get(f"/api/v1/runs/{run}").json["status"] == "waiting", "decided")
        said = answer(server, path, {"state": "approved", "comment": "nothing found",
                                     "evidence": {"files": 12}})
        expect(said.status == 204, str(said))
        expect(server.client().get(f"/api/v1/runs/{run}").json["state"] == "released", "expected "
               "the run to go on")
        votes = vote_of(server, run)
        expect([vote["choice"] for vote in votes] == ["abstain", "approve"], str(votes))
        again = answer(server, path, {"state": "rejected", "comment": "or not"})
        expect(again.status == 409, str(again))
        expect("'scanner' has voted approve" in again.json["detail"], str(again))
        expect("run" not in again.json, "a ticket is no way to look at a run")
        expect(len(vote_of(server, run)) == 2, "the second answer changed something")


def github_s_words_are_understood():
    receiver = Receiver()
    with checked(receiver) as server:
        run, asked = ask(server, receiver)
        path = ticket_path(asked)
        report = answer(server, path, {"environment_name": "production", "comment": "1 of 3"})
        expect(report.status == 204, str(report))
        said = answer(server, path, {"environment_name": "production", "state": "rejected",
                                     "comment": "all checks failed"})
        expect(said.status == 204, str(said))
        expect(server.client().get(f"/api/v1/runs/{run}").json["status"] == "rejected", "not yet")


def notes_are_ten_of_1024_characters():
    receiver = Receiver()
    with checked(receiver) as server:
        run, asked = ask(server, receiver)
        path = ticket_path(asked)
        for number in range(10):
            taken = answer(server, path, {"comment": f"{number} " + "é" * 1022})
            expect(taken.status == 204, str(taken))
        expect(answer(server, path, {"comment": "one more"}).status == 409, "an 11th note")
        expect(answer(server, path, {"comment": "x" * 1025}).status == 422, "a long note")
        said = answer(server, path, {"state": "approved"})
        expect(said.status == 204, str(said))
        evidence = vote_of(server, run)[-1]["evidence"]
        evidence = evidence if isinstance(evidence, dict) else json.loads(evidence)
        expect(len(evidence["notes"]) == 10, str(evidence)[:300])


def what_is_no_answer_is_refused():
    receiver = Receiver()
    with checked(receiver) as server:
        _, asked = ask(server, receiver)
        path = ticket_path(asked)
        expect(Client(server.port).get(path).status == 405, "a GET is no answer")
        for at in (-1, len(path) // 2, len("/api/v1/callbacks/")):
            other = list(path)
            other[at] = "A" if other[at] != "A" else "B"
            got = answer(server, "".join(other), {"state": "approved"})
            expect(got.status == 404, f"{other[at]} at {at}: {got}")
        large = answer(server, path, {"state": "approved", "comment": "x" * 200_000})
        expect(large.status == 413, str(large))
        for body in ({"state": "succeeded"}, {"state": "approved", "because": "yes"}, [],
                     {"state": "pending"}, {"state": "approved", "evidence": {"a": "x" * 70_000}}):
            got = answer(server, path, body)
            expect(got.status == 422, f"{str(body)[:80]}: {got}")
        expect(answer(server, path, {"state": "approved"}).status == 204, "the ticket is used up")


def of_many_answers_at_once_one_counts():
    receiver = Receiver()
    with checked(receiver) as server:
        run, asked = ask(server, receiver)
        statuses = []

        def say(number):
            state = "approved" if number % 2 else "rejected"
            statuses.append(answer(server, ticket_path(asked), {"state": state}).status)

        in_threads(16, say)
        expect(sorted(statuses) == [204] + 15 * [409], str(statuses))
        expect(len(vote_of(server, run)) == 1, "more than one vote")


def an_answer_may_come_after_a_restart():
    receiver = Receiver()
    with checked(receiver) as server:
        run, asked = ask(server, receiver)
        expect(server.stop() == 0, "expected exit code 0")
        server.start()
        expect(answer(server, ticket_path(asked), {"state": "approved"}).status == 204, "lost")
        expect(server.client().get(f"/api/v1/runs/{run}").json["state"] == "released", "lost")
        expect(receiver.requests.empty(), "the service was asked again without need")


def a_service_that_is_down_is_asked_again_and_knows_the_question():
    statuses = [503, 202]
    receiver = Receiver(lambda received: (statuses.pop(0), b"", {}))
    with checked(receiver) as server:
        run, asked = ask(server, receiver)
        until(lambda: any("asked again" in line for line in server.lines), "a word about it")
        expect(server.client().get(f"/api/v1/runs/{run}").json["status"] == "waiting", "decided")
        said = answer(server, ticket_path(asked), {"state": "approved"})
        expect(said.status == 204, str(said))


sys.exit(run_tests([
    the_question_is_signed_and_says_where_to_answer,
    the_answer_is_the_policys_vote_and_counts_once,
    github_s_words_are_understood,
    notes_are_ten_of_1024_characters,
    what_is_no_answer_is_refused,
    of_many_answers_at_once_one_counts,
    an_answer_may_come_after_a_restart,
    a_service_that_is_down_is_asked_again_and_knows_the_question,
]))
