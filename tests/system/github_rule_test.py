#!/usr/bin/env python3
"""github_rule_test.py PROGRAM: the example examples/github-protection-rule with GitHub's documented
webhook, the real server, and a server on loopback in GitHub's place."""

import base64
import contextlib
import hmac
import json
import os
import re
import subprocess
import sys

from gatewright import Client, PATIENCE, ROOT, expect, run_tests, running, until
from receiver import Receiver

PROGRAM = os.path.abspath(sys.argv[1])
EXAMPLE = ROOT / "examples" / "github-protection-rule"
GITHUB_SECRET = "It's a Secret to Everybody"
HOOK_SECRET = "whsec_" + base64.b64encode(b"only this test knows it, nobody else").decode()
TOKEN = "ghs_only-this-test-knows-it"
CALLBACK = "/repos/octo-org/octo-repo/actions/runs/1234567890/deployment_protection_rule"


def payload(github, **changes):
    """The documented fields of deployment_protection_rule, action requested; values made up."""
    return {
        "action": "requested", "environment": "production", "event": "push",
        "deployment_callback_url": github.url + CALLBACK,
        "deployment": {"url": github.url + "/repos/octo-org/octo-repo/deployments/145988746",
                       "id": 145988746, "task": "deploy", "environment": "production",
                       "sha": "f95f852bd8fca8fcc58a9a2d6c842781e32a215e", "ref": "main",
                       "payload": {}, "description": None, "creator": {"login": "octocat", "id": 1},
                       "created_at": "2026-03-02T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z"},
        "pull_requests": [],
        "repository": {"id": 17273051, "name": "octo-repo", "full_name": "octo-org/octo-repo",
                       "private": True, "owner": {"login": "octo-org", "id": 6811672}},
        "organization": {"login": "octo-org", "id": 6811672},
        "installation": {"id": 5}, "sender": {"login": "octocat", "id": 1, "type": "User"},
        **changes}


class Setup:
    def __init__(self, server, github, port):
        self.server, self.github, self.rule = server, github, Client(port)

    def deliver(self, body, delivery="72d3162e-cc78-11e3-81ab-4c9367dc0958", secret=GITHUB_SECRET,
                event="deployment_protection_rule"):
        body = json.dumps(body).encode()
        signature = "sha256=" + hmac.digest(secret.encode(), body, "sha256").hex()
        return self.rule.request("POST", "/github", body, {
            "X-GitHub-Event": event, "X-GitHub-Delivery": delivery,
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-Hub-Signature-256": signature})

    def runs(self):
        return self.server.client().get("/api/v1/runs").json["items"]


# An App that was written for GitHub, asked by a gate of ours in GitHub's words.
ASKS_THE_APP = """\
apiVersion: gatewright/v1
kind: Workflow
metadata: {name: asks-the-app}
spec:
  stages:
    - name: Release
      doneState: released
      gate:
        rules: [{id: app, from: {role: nobody}}]
        auto:
          - id: app
            plugin: http
            fills: [app]
            with:
              url: "%(url)s/github"
              format: github
              repository: octo-org/octo-repo
              secret: {env: GITHUB_WEBHOOK}
              allowPrivate: true
"""


@contextlib.contextmanager
def everything(is_for_us=False):
    github = Receiver(lambda received: (204, b"", {}))
    environment = {"GATEWRIGHT_HOOK_SECRET": HOOK_SECRET, "GITHUB_WEBHOOK": GITHUB_SECRET}
    rule = None

    def prepare(server):
        # Its port is not known before the server's is, so a relay stands between the two.
        text = (EXAMPLE / "workflow.yaml").read_text()
        expect("http://127.0.0.1:8004/gatewright" in text, "another address")
        (server.workflows / "github.yaml").write_text(
            text.replace("http://127.0.0.1:8004/gatewright", relay.url + "/gatewright"))
        (server.workflows / "asks.yaml").write_text(ASKS_THE_APP % {"url": relay.url})

    def pass_on(received):
        try:
            answer = Client(ports[0]).request("POST", received.path, received.body,
                                              received.headers)
        except OSError:  # the test is over
            return 502, b"", {}
        return answer.status, b"", {}

    ports = []
    relay = Receiver(pass_on)
    with running(PROGRAM, prepare=prepare, arguments=["--plugins-trust", "anybody"],
                 environment=environment) as server:
        rule = subprocess.Popen(
            [sys.executable, str(EXAMPLE / "protection_rule.py"), "--port", "0", "--gatewright",
             f"http://127.0.0.1:{server.port}", "--github",
             f"http://127.0.0.1:{server.port}" if is_for_us else github.url],
            env={**os.environ, **environment, "GITHUB_WEBHOOK_SECRET": GITHUB_SECRET,
                 "GITHUB_TOKEN": TOKEN},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            ports.append(int(re.search(r":(\d+)", rule.stdout.readline())[1]))
            yield Setup(server, github, ports[0])
        finally:
            rule.kill()
            rule.wait(PATIENCE)
            rule.stdout.close()


def github_is_answered_as_people_decide():
    for verb, state in (("approve", "approved"), ("reject", "rejected")):
        with everything() as all_of_it:
            asked = all_of_it.deliver(payload(all_of_it.github))
            expect(asked.status == 202, str(asked))
            [run] = all_of_it.runs()
            expect(run["name"] == "octo-org/octo-repo to production: main", str(run))
            voted = all_of_it.server.client("mia; roles=release-manager").post(
                f"/api/v1/runs/{run['id']}/{verb}")
            expect(voted.status == 200, str(voted))
            told = all_of_it.github.take()
            expect((told.method, told.path) == ("POST", CALLBACK), f"{told.method} {told.path}")
            expect(told.headers["Authorization"] == "Bearer " + TOKEN, "no token")
            said = json.loads(told.body)
            expect(said["environment_name"] == "production" and said["state"] == state, str(said))
            expect(set(said) == {"environment_name", "state", "comment"}, str(said))


def a_redelivery_opens_no_second_run():
    with everything() as all_of_it:
        body = payload(all_of_it.github)
        expect(all_of_it.deliver(body).text == all_of_it.deliver(body).text, "two runs")
        expect(len(all_of_it.runs()) == 1, "two runs")


def only_github_is_heard_and_answered():
    with everything() as all_of_it:
        body = payload(all_of_it.github)
        expect(all_of_it.deliver(body, secret="another").status == 401, "a wrong signature")
        expect(all_of_it.rule.post("/gatewright", {}).status == 401, "no signature")
        elsewhere = payload(all_of_it.github, deployment_callback_url="http://169.254.169.254/")
        expect(all_of_it.deliver(elsewhere).status == 422, "an answer to somebody else")
        expect(all_of_it.deliver({"zen": "Keep it logically awesome."}, event="ping").status == 202,
               "a ping")
        expect(all_of_it.runs() == [], "a run was opened")


def an_app_that_was_written_for_github_answers_a_gate_of_ours():
    for verb, status in (("approve", "succeeded"), ("reject", "rejected")):
        with everything(is_for_us=True) as all_of_it:
            client = all_of_it.server.client("dan")
            asking = client.post("/api/v1/runs", {
                "workflow": "asks-the-app", "name": "asks",
                "subject": {"environment": "production", "ref": "main", "sha": "f95f852bd8fc"}})
            expect(asking.status == 201, str(asking))
            opened = until(lambda: [run for run in all_of_it.runs()
                                    if run["name"] == "octo-org/octo-repo to production: main"],
                           "the App opens a run of its own")
            voted = all_of_it.server.client("mia; roles=release-manager").post(
                f"/api/v1/runs/{opened[0]['id']}/{verb}")
            expect(voted.status == 200, str(voted))
            run = f"/api/v1/runs/{asking.json['id']}"
            until(lambda: client.get(run).json["status"] == status, f"the run is {status}")
            expect(f"Gatewright run {opened[0]['id']}" in client.get(run + "/history").text,
                   "the App's comment is not in the history")


sys.exit(run_tests([
    an_app_that_was_written_for_github_answers_a_gate_of_ours,
    github_is_answered_as_people_decide,
    a_redelivery_opens_no_second_run,
    only_github_is_heard_and_answered,
]))
