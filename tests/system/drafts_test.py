#!/usr/bin/env python3
"""drafts_test.py PROGRAM: drafts of the assistants service, written and submitted while it is away;
what was approved is published to it when it is back, once."""

import os
import queue
import socket
import subprocess
import sys

from gatewright import PATIENCE, ROOT, expect, run_tests, running, until
from receiver import Receiver

PROGRAM = os.path.abspath(sys.argv[1])
COMPLETE = {"assistant": "support", "instructions": "Answer in the customer's own language."}


class Assistants:
    """The service, at an address that it keeps while it is down."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.requests, self.receiver = queue.Queue(), None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def come_up(self, answer=lambda received: (201, b"{}", {})):
        self.receiver = Receiver(answer, self.port)
        self.requests = self.receiver.requests

    def go_down(self):
        self.receiver.shutdown()
        self.receiver.server_close()


def with_drafts(base):
    def prepare(server):
        text = (ROOT / "examples" / "workflows" / "drafts.yaml").read_text()
        text = text.replace("attempts: 10, backoff: 10s", "attempts: 20, backoff: 1s")
        text = text.replace("max: 10m", "max: 1s")
        (server.workflows / "drafts.yaml").write_text(text)

    environment = {"ASSISTANTS_BASE": base} if base else {}
    return running(PROGRAM, prepare=prepare, environment=environment)


def begin(server, subject):
    client = server.client("ada")
    created = client.request("POST", "/api/v1/runs",
                             {"workflow": "assistant", "name": "Support", "subject": subject,
                              "draft": True}, {"Idempotency-Key": "assistant-support-12"})
    expect(created.status == 201 and created.json["status"] == "draft", str(created))
    return created.json["id"]


def approve(server, run):
    for who in ("bea; roles=editor", "cid; roles=safety"):
        voted = server.client(who).post(f"/api/v1/runs/{run}/approve")
        expect(voted.status in (200, 202), str(voted))


def run_is(server, run, status):
    return until(lambda: server.client().get(f"/api/v1/runs/{run}").json["status"] == status,
                 f"run {run} to be {status}")


def command(server, *arguments):
    done = subprocess.run([PROGRAM, *arguments, "--as", "ada"], capture_output=True, text=True,
                          timeout=PATIENCE, env={**server.clean_environment(), "APPROVAL_SERVER":
                                                 f"http://127.0.0.1:{server.port}"})
    return done.returncode, done.stdout + done.stderr


def a_draft_is_written_while_the_service_is_away_and_published_when_it_is_back():
    service = Assistants()
    with with_drafts(service.url) as server:
        run = begin(server, {"assistant": "support"})
        expect(begin(server, {"assistant": "support"}) == run, "begun twice")
        code, said = command(server, "inbox")
        expect(code == 0 and "(assistant, draft)" in said, said)
        code, said = command(server, "submit", str(run))
        expect(code != 0 and "'instructions' is missing" in said, said)
        edited = server.client("ada").request("PATCH", f"/api/v1/runs/{run}/subject",
                                              {"subject": COMPLETE})
        expect(edited.status == 200, str(edited))
        code, said = command(server, "submit", str(run))
        expect(code == 0 and "is submitted: waiting" in said, said)
        approve(server, run)
        until(lambda: "AttemptEnded" in server.client().get(f"/api/v1/runs/{run}/history").text,
              "a try that finds nobody")
        other = server.client("rita").post("/api/v1/runs", {"workflow": "deployment", "name": "b"})
        expect(other.status == 201, "held up by the service: " + str(other))
        expect(server.stop() == 0, "expected exit code 0")
        server.start()
        service.come_up()
        run_is(server, run, "succeeded")
        published = service.requests.get(timeout=PATIENCE)
        expect(published.path == "/assistants/support/publications", published.path)
        expect(published.headers["Idempotency-Key"].startswith(f"run-{run}-attempt-"),
               str(published.headers))
        expect(service.requests.empty(), "published twice")
        server.check_database()


def an_answer_that_got_lost_is_asked_for():
    published = []

    def answer(received):
        if received.method == "POST":
            published.append(received.headers["Idempotency-Key"])
            return 502, b"", {}
        known = received.path.rsplit("/", 1)[1] in published
        return 200 if known else 404, b"{}", {}

    service = Assistants()
    service.come_up(answer)
    with with_drafts(service.url) as server:
        run = begin(server, COMPLETE)
        submitted = server.client("ada").post(f"/api/v1/runs/{run}/submit")
        expect(submitted.status == 200, str(submitted))
        approve(server, run)
        run_is(server, run, "succeeded")
        expect(len(published) == 1, str(published))


def without_an_address_only_the_attempt_fails():
    with with_drafts(None) as server:
        run = begin(server, COMPLETE)
        expect(server.client("ada").post(f"/api/v1/runs/{run}/submit").status == 200, "submit")
        approve(server, run)
        run_is(server, run, "failed")
        [attempt] = server.client().get(f"/api/v1/runs/{run}/attempts").json["items"]
        expect("ASSISTANTS_BASE is not set" in attempt["summary"], str(attempt))


sys.exit(run_tests([
    a_draft_is_written_while_the_service_is_away_and_published_when_it_is_back,
    an_answer_that_got_lost_is_asked_for,
    without_an_address_only_the_attempt_fails,
]))
