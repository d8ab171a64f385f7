#!/usr/bin/env python3
"""A GitHub custom deployment protection rule whose decision is a Gatewright run.

GitHub asks with its webhook `deployment_protection_rule`; that opens a run. When the run is over,
Gatewright says so by its notifier `webhook`, and GitHub is answered at `deployment_callback_url`.
Nothing is kept here: what is on its way is kept by Gatewright, which asks again until it is told 2xx.

Environment: GITHUB_WEBHOOK_SECRET, GITHUB_TOKEN (or GITHUB_TOKEN_FILE, read for each answer),
GATEWRIGHT_HOOK_SECRET (whsec_…, the same as in workflow.yaml). Python 3.9, standard library only.
"""

import argparse
import base64
import hmac
import http.server
import json
import os
import pathlib
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

MAX_BODY = 25 * 1024 * 1024  # GitHub sends no more
MAX_AGE = 300  # seconds that a notification may be old
TIMEOUT = 10


class Refused(Exception):
    """An answer other than 2xx: (status, why)."""


def check_github(headers, body):
    """https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries"""
    key = os.environ["GITHUB_WEBHOOK_SECRET"].encode()
    expected = "sha256=" + hmac.digest(key, body, "sha256").hex()
    if not hmac.compare_digest(expected.encode(), headers.get("X-Hub-Signature-256", "").encode()):
        raise Refused(401, "expected X-Hub-Signature-256 to sign the body")


def check_gatewright(headers, body):
    """https://www.standardwebhooks.com"""
    key = base64.b64decode(os.environ["GATEWRIGHT_HOOK_SECRET"][len("whsec_"):])
    seconds = headers.get("webhook-timestamp", "")
    if not seconds.isdecimal() or abs(time.time() - int(seconds)) > MAX_AGE:
        raise Refused(401, "expected a webhook-timestamp of the last minutes")
    content = f"{headers.get('webhook-id', '')}.{seconds}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()
    given = headers.get("webhook-signature", "").split(" ")
    if not any(hmac.compare_digest(expected.encode(), one.encode()) for one in given):
        raise Refused(401, "expected webhook-signature to sign the body")


def call(method, url, body=None, headers=None):
    """The answer's JSON; an error of the other side is ours as well, so that we are asked again."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, method=method, headers={
        "Content-Type": "application/json", "Accept": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as problem:
        raise Refused(502, f"{urllib.parse.urlsplit(url).netloc} answered {problem.code}: "
                           f"{problem.read(500).decode(errors='replace')}")
    except OSError as problem:
        raise Refused(502, f"{urllib.parse.urlsplit(url).netloc}: {problem}")


class Rule:
    def __init__(self, options):
        self.gatewright, self.github = options.gatewright.rstrip("/"), options.github.rstrip("/")
        self.workflow = options.workflow

    def asked(self, headers, payload):
        """GitHub wants to know whether it may deploy."""
        if headers.get("X-GitHub-Event") != "deployment_protection_rule":
            return "not about deployments"  # a ping, for instance
        if payload.get("action") != "requested":
            return "nothing to decide"
        callback = payload["deployment_callback_url"]
        if not callback.startswith(self.github + "/"):
            raise Refused(422, f"expected deployment_callback_url to begin with {self.github}/")
        deployment, repository = payload["deployment"], payload["repository"]["full_name"]
        run = call("POST", self.gatewright + "/api/v1/runs", {
            "workflow": self.workflow,
            "name": f"{repository} to {payload['environment']}: {deployment['ref']}"[:200],
            "subject": {"repository": repository, "environment": payload["environment"],
                        "event": payload.get("event"), "ref": deployment["ref"],
                        "sha": deployment["sha"], "sender": payload["sender"]["login"],
                        "deployment_callback_url": callback}},
            {"Idempotency-Key": "github-" + headers["X-GitHub-Delivery"]})  # may come twice
        return f"run {run['id']}"

    def finished(self, event):
        """A run is over: its outcome is GitHub's answer."""
        if not event["type"].startswith("dev.gatewright.run.finished."):
            return "not the end of a run"
        run = call("GET", f"{self.gatewright}/api/v1/runs/{event['data']['run']['id']}")
        subject = run["subject"]
        if not subject["deployment_callback_url"].startswith(self.github + "/"):
            return "not one of ours"
        is_approved = run["status"] == "succeeded"
        call("POST", subject["deployment_callback_url"], {
            "environment_name": subject["environment"],
            "state": "approved" if is_approved else "rejected",
            "comment": f"Gatewright run {run['id']} ({run['name']}) is {run['status']}"},
            {"Authorization": "Bearer " + token(), "X-GitHub-Api-Version": "2022-11-28"})
        return run["status"]


def token():
    if "GITHUB_TOKEN_FILE" in os.environ:
        return pathlib.Path(os.environ["GITHUB_TOKEN_FILE"]).read_text().strip()
    return os.environ["GITHUB_TOKEN"]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        try:
            size = int(self.headers.get("Content-Length", "0"))
            if size > MAX_BODY:
                raise Refused(413, f"expected at most {MAX_BODY} bytes")
            body = self.rfile.read(size)
            status, text = 202, self.route(body)
        except Refused as problem:
            status, text = problem.args
        except (ValueError, KeyError, TypeError) as problem:
            status, text = 400, f"not understood: {problem!r}"
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode()) + 1))
        self.end_headers()
        self.wfile.write(text.encode() + b"\n")

    def route(self, body):
        if self.path == "/github":
            check_github(self.headers, body)
            return self.server.rule.asked(self.headers, json.loads(body))
        if self.path == "/gatewright":
            check_gatewright(self.headers, body)
            return self.server.rule.finished(json.loads(body))
        raise Refused(404, "expected /github or /gatewright")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8004)
    parser.add_argument("--gatewright", default="http://127.0.0.1:8003")
    parser.add_argument("--github", default="https://api.github.com")
    parser.add_argument("--workflow", default="github-deployment")
    options = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    server.rule = Rule(options)
    print(f"listening on 127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(0)
