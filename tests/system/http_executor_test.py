#!/usr/bin/env python3
"""http_executor_test.py PROGRAM: actions that a service carries out: it is asked until it has ended,
or answers by callback; over a restart, and when somebody cancels."""

import json
import os
import sys
import urllib.parse

from gatewright import Client, expect, run_tests, running, until
from receiver import Receiver

PROGRAM = os.path.abspath(sys.argv[1])
WORKFLOW = """apiVersion: gatewright/v1
kind: Workflow
metadata: {{name: outside}}
spec:
  stages:
    - name: Release
      doneState: released
      gate: none
      action:
        plugin: http
        timeout: 1h
        with: {{url: '{url}/jobs', allow_private: true, {more}}}
"""


def outside(service, more):
    return running(PROGRAM, arguments=["--plugins-trust", "anybody"], prepare=lambda server: (
        server.workflows / "outside.yaml").write_text(WORKFLOW.format(url=service.url, more=more)))


def begin(server):
    created = server.client("rita").post("/api/v1/runs", {"workflow": "outside", "name": "v1"})
    expect(created.status == 201, str(created))
    return created.json["id"]


def run_is(server, run, status):
    return until(lambda: server.client().get(f"/api/v1/runs/{run}").json["status"] == status,
                 f"run {run} to be {status}")


def attempt_of(server, run):
    [attempt] = server.client().get(f"/api/v1/runs/{run}/attempts").json["items"]
    return attempt


def callback_of(asked):
    return urllib.parse.urlsplit(json.loads(asked.body)["callback_url"]).path


def late_answers(server, run):
    history = server.client().get(f"/api/v1/runs/{run}/history").json["items"]
    return sum(item["event"]["type"] == "LateAnswerRecorded" for item in history)


def a_service_ends_the_attempt_by_callback_once():
    service = Receiver(lambda received: (202, b"accepted", {}))
    with outside(service, "answer: callback") as server:
        run = begin(server)
        asked = service.take()
        expect(asked.headers["Idempotency-Key"] == f"run-{run}-attempt-1", str(asked.headers))
        path = callback_of(asked)
        expect(asked.headers["X-Gatewright-Callback-Url"].endswith(path), str(asked.headers))
        client = Client(server.port)
        expect(client.post(path, {"state": "running", "progress": 40, "summary": "2 of 5"}).status
               == 204, "progress")
        progress = attempt_of(server, run)["progress"]
        expect((progress["percent"], progress["text"]) == (40, "2 of 5"), str(progress))
        expect(client.get(path).status == 405, "a GET ended it")
        for body in ({"state": "approved"}, {"state": "succeeded", "class": "transient"},
                     {"state": "running", "progress": 101}, {}):
            expect(client.post(path, body).status == 422, str(body))
        expect(server.stop() == 0, "expected exit code 0")
        server.start()
        client = Client(server.port)
        said = client.post(path, {"state": "succeeded", "summary": "5 of 5", "outputs": {"n": 5}})
        expect(said.status == 204, str(said))
        run_is(server, run, "succeeded")
        attempt = attempt_of(server, run)
        expect(attempt["summary"] == "5 of 5" and attempt["outputs"] == {"n": 5}, str(attempt))
        again = client.post(path, {"state": "failed", "summary": "or not"})
        expect(again.status == 409 and "succeeded" in again.json["detail"], str(again))
        expect(late_answers(server, run) == 1, "the late answer was not recorded")
        for _ in range(15):
            expect(client.post(path, {"state": "failed"}).status == 409, "taken late")
        expect(late_answers(server, run) == 10, "anybody may fill the log")
        expect(client.post(path, {"state": "running"}).status == 409, "runs after its end")


def a_service_says_that_it_failed():
    service = Receiver(lambda received: (202, b"", {}))
    with outside(service, "answer: callback") as server:
        run = begin(server)
        said = Client(server.port).post(callback_of(service.take()),
                                        {"state": "failed", "class": "permanent", "summary": "no"})
        expect(said.status == 204, str(said))
        run_is(server, run, "failed")


def a_service_is_asked_until_it_is_done_also_after_a_restart():
    states = {"state": b'{"state": "busy"}'}

    def answer(received):
        if received.method == "POST":
            return 202, b"", {"Location": "/jobs/9"}
        return 200, states["state"], {}

    service = Receiver(answer)
    with outside(service, "answer: poll, poll: {every: 1s}, success: {json: {pointer: /state, in: "
                          "[done]}}") as server:
        run = begin(server)
        expect(service.take().method == "POST", "not begun")
        asked = service.take()
        expect((asked.method, asked.path) == ("GET", "/jobs/9"), asked.path)
        expect(server.stop() == 0, "expected exit code 0")
        server.start()
        states["state"] = b'{"state": "done"}'
        run_is(server, run, "succeeded")
        while not service.requests.empty():
            expect(service.take().method == "GET", "begun twice")


def who_cancels_stops_the_service():
    deleted = []

    def answer(received):
        if received.method == "DELETE":
            deleted.append(received.path)
        return 202 if received.method == "POST" else 200, b"", {"Location": "/jobs/9"}

    service = Receiver(answer)
    with outside(service, "answer: poll, poll: {every: 1h}, stop: {method: DELETE}") as server:
        run = begin(server)
        service.take()
        until(lambda:
              "handed" in server.client().get(f"/api/v1/runs/{run}/history").text.lower(),
              "the work to be handed over")
        cancelled = server.client("rita").post(f"/api/v1/runs/{run}/cancel", {"reason": "enough"})
        expect(cancelled.status in (200, 202), str(cancelled))
        run_is(server, run, "cancelled")
        expect(deleted == ["/jobs/9"], str(deleted))


sys.exit(run_tests([
    a_service_ends_the_attempt_by_callback_once,
    a_service_says_that_it_failed,
    a_service_is_asked_until_it_is_done_also_after_a_restart,
    who_cancels_stops_the_service,
]))
