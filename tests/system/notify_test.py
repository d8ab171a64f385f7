#!/usr/bin/env python3
"""notify_test.py PROGRAM: a webhook that is down hears of everything when it is up again, also over
a restart, signed, and knows a redelivery by its id."""

import base64
import hmac
import http.server
import json
import os
import queue
import sys
import threading

from gatewright import PATIENCE, expect, run_tests, running

PROGRAM = os.path.abspath(sys.argv[1])
KEY = b"only this test knows it, nobody else"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


class Receiver(http.server.ThreadingHTTPServer):
    """Answers `status`, and keeps what it was sent."""

    def __init__(self):
        self.status, self.requests = 503, queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(self.server.status)
                self.send_header("Content-Length", "0")
                self.end_headers()
                self.server.requests.put((dict(self.headers), body))

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def take(self):
        return self.requests.get(timeout=PATIENCE)


def signature(headers, body):
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(KEY, content, "sha256")).decode()


def a_receiver_that_was_down_is_told_later():
    receiver = Receiver()
    with running(PROGRAM, arguments=["--plugins-trust", "anybody"]) as server:
        (server.workflows / "told.yaml").write_text(
            "apiVersion: gatewright/v1\nkind: Workflow\nmetadata: {name: told}\nspec:\n"
            "  stages:\n    - name: QA\n      doneState: approved\n"
            "      gate: {rules: [{id: qa, from: {role: qa}}]}\n      action: {plugin: noop}\n"
            "  notify:\n    - plugin: webhook\n      on: [run.created]\n"
            f"      with: {{url: 'http://127.0.0.1:{receiver.server_port}/', secret: {SECRET}, "
            "allow_private: true}\n")
        expect(server.stop() == 0, "expected exit code 0")
        server.start()
        created = server.client("rita").post("/api/v1/runs", {"workflow": "told", "name": "v1.2"})
        expect(created.status == 201, str(created))
        first, body = receiver.take()
        event = json.loads(body)
        expect(first["Content-Type"] == "application/cloudevents+json", first)
        expect(first["webhook-signature"] == signature(first, body), first)
        expect(event["id"] == first["webhook-id"], body)
        expect(event["type"] == "dev.gatewright.run.created.v1", body)
        expect(event["data"]["run"]["id"] == created.json["id"], body)
        server.wait_for_line("expected the receiver to answer 2xx, found 503")

        expect(server.stop() == 0, "expected exit code 0")
        receiver.status = 204
        server.start()
        again, body = receiver.take()
        expect(again["webhook-id"] == first["webhook-id"], f"{first} and {again}")
        expect(again["webhook-signature"] == signature(again, body), again)
        expect(json.loads(body) == event, body)
        expect(server.stop() == 0, "expected exit code 0")
        shown = "\n".join(server.lines)
        expect(SECRET not in shown and SECRET[6:] not in shown, "the log shows the secret")
    receiver.shutdown()


if __name__ == "__main__":
    sys.exit(run_tests([a_receiver_that_was_down_is_told_later]))
