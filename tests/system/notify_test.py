#!/usr/bin/env python3
"""notify_test.py PROGRAM: a webhook that is down hears of everything when it is up again, also over
a restart, signed, and knows a redelivery by its id; one that hangs holds up nobody; one that is gone
is told nothing more until a replay gets through; a link in a message votes once."""

import base64
import contextlib
import datetime
import hmac
import http.server
import json
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
import threading

from gatewright import PATIENCE, expect, run_tests, running, until

PROGRAM = os.path.abspath(sys.argv[1])
KEY = b"only this test knows it, nobody else"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


class Receiver(http.server.ThreadingHTTPServer):
    """Answers `status`, and keeps what it was sent."""

    def __init__(self):
        self.status, self.requests, self.headers_sent = 503, queue.Queue(), {}
        self.may_answer = threading.Event()
        self.may_answer.set()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.server.requests.put((dict(self.headers), body))
                self.server.may_answer.wait(PATIENCE)
                self.send_response(self.server.status)
                for name, value in self.server.headers_sent.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def take(self):
        return self.requests.get(timeout=PATIENCE)


def workflow_telling(receivers, on="run.created"):
    rules = "".join(
        f"    - plugin: webhook\n      on: [{on}]\n"
        f"      with: {{url: 'http://127.0.0.1:{one.server_port}/', secret: {{env: HOOK_SECRET}}, "
        "allow_private: true}\n" for one in receivers)
    return ("apiVersion: gatewright/v1\nkind: Workflow\nmetadata: {name: told}\nspec:\n"
            "  stages:\n    - name: QA\n      doneState: approved\n"
            "      gate: {rules: [{id: qa, from: {role: qa}}]}\n      action: {plugin: noop}\n"
            "  notify:\n" + rules)


@contextlib.contextmanager
def telling(*receivers):
    """A server whose workflow `told` tells these receivers of every run that is created."""
    with running(PROGRAM, arguments=["--plugins-trust", "anybody"],
                 environment={"HOOK_SECRET": SECRET}) as server:
        (server.workflows / "told.yaml").write_text(workflow_telling(receivers))
        expect(server.stop() == 0, "expected exit code 0")
        server.start()
        yield server
        expect(server.stop() == 0, "expected exit code 0")
        shown = "\n".join(server.lines)
        expect(SECRET not in shown and SECRET[6:] not in shown, "the log shows the secret")
    for one in receivers:
        one.may_answer.set()
        one.shutdown()


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def create(server):
    created = server.client("rita").post("/api/v1/runs", {"workflow": "told", "name": "v1.2"})
    expect(created.status == 201, str(created))
    return created.json["id"]


def deliveries(server, query=""):
    return server.client().get(f"/api/v1/deliveries{query}").json["items"]


def delivery(server, number, state):
    """The delivery once it is in this state."""
    def found():
        answer = server.client().get(f"/api/v1/deliveries/{number}")
        return answer.status == 200 and answer.json["state"] == state and answer.json
    return until(found, f"delivery {number} to be {state}")


def program(server, *arguments):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=PATIENCE,
                          env={**os.environ, "APPROVAL_SERVER": f"http://127.0.0.1:{server.port}"},
                          stdin=subprocess.DEVNULL, check=False)
    expect(done.returncode == 0, done.stderr)
    return done.stdout


def signature(headers, body):
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(KEY, content, "sha256")).decode()


def a_receiver_that_was_down_is_told_later():
    receiver = Receiver()
    with telling(receiver) as server:
        run = create(server)
        first, body = receiver.take()
        event = json.loads(body)
        expect(first["Content-Type"] == "application/cloudevents+json", first)
        expect(first["webhook-signature"] == signature(first, body), first)
        expect(event["id"] == first["webhook-id"], body)
        expect(event["type"] == "dev.gatewright.run.created.v1", body)
        expect(event["data"]["run"]["id"] == run, body)
        server.wait_for_line("expected the receiver to answer 2xx, found 503")

        expect(server.stop() == 0, "expected exit code 0")
        receiver.status = 204
        server.start()
        again, body = receiver.take()
        expect(again["webhook-id"] == first["webhook-id"], f"{first} and {again}")
        expect(again["webhook-signature"] == signature(again, body), again)
        expect(json.loads(body) == event, body)
        expect(delivery(server, 1, "delivered")["tries"] == 2, "two tries")


def a_receiver_says_when_it_wants_to_be_asked_again():
    receiver = Receiver()
    receiver.headers_sent = {"Retry-After": "3600"}
    with telling(receiver) as server:
        create(server)
        receiver.take()
        def failed():
            row = server.client().get("/api/v1/deliveries/1")
            return row.status == 200 and row.json["tries"] == 1 and row.json
        row = until(failed, "the first try to have failed")
        # An hour from the answer, which was written down a moment later.
        wait = moment(row["next_try_at"]) - moment(row["updated_at"])
        expect(abs(wait - datetime.timedelta(hours=1)) < datetime.timedelta(minutes=1), row)
        expect(row["last_error"].endswith("found 503"), row)

        receiver.status = 200
        answer = server.client().post("/api/v1/deliveries/1/replay")
        expect(answer.status == 202 and answer.json["state"] == "pending", str(answer))
        delivery(server, 1, "delivered")


def a_receiver_that_is_gone_is_told_nothing_more_until_a_replay_gets_through():
    receiver = Receiver()
    receiver.status = 410
    with telling(receiver) as server:
        run = create(server)
        receiver.take()
        delivery(server, 1, "disabled")
        server.wait_for_line("is told nothing more")
        create(server)
        expect(delivery(server, 2, "disabled")["tries"] == 0, "it was not tried")
        expect([one["id"] for one in deliveries(server, f"?run={run}")] == [1], "one of the run")
        expect(len(deliveries(server, "?state=disabled&notifier=webhook")) == 2, "both")
        expect(deliveries(server, "?state=failed") == [], "none failed")

        receiver.status = 200
        output = program(server, "delivery", "replay", "--state", "disabled")
        expect(output.count("pending") == 2, output)
        delivery(server, 1, "delivered")
        delivery(server, 2, "delivered")
        create(server)
        delivery(server, 3, "delivered")
        listed = program(server, "delivery", "list", "--notifier", "webhook")
        expect(listed.count("delivered") == 3, listed)
        expect(server.client().post("/api/v1/deliveries/99/replay").status == 404, "there is none")
        expect(receiver.requests.qsize() == 3, f"{receiver.requests.qsize()} requests")


def metric(server, name):
    """The number of a series; None: there is none."""
    for line in server.client().get("/metrics").text.splitlines():
        if line.startswith(name + " "):
            return float(line.rsplit(" ", 1)[1])
    return None


def the_numbers_say_how_it_goes():
    receiver = Receiver()
    receiver.headers_sent = {"Retry-After": "3600"}
    total = 'gatewright_deliveries_total{notifier="webhook",outcome="%s"}'
    with telling(receiver) as server:
        expect(metric(server, "gatewright_deliveries_pending") == 0, "nothing is pending yet")
        expect(metric(server, "gatewright_deliveries_oldest_pending_seconds") == 0, "nothing waits")
        create(server)
        receiver.take()
        until(lambda: metric(server, total % "retried") == 1, "a try failed")
        until(lambda: metric(server, "gatewright_deliveries_pending") == 1, "it is on disk")
        expect(metric(server, "gatewright_deliveries_oldest_pending_seconds") > 0, "it waits")
        expect(metric(server, total % "delivered") is None, "nothing was delivered")
        receiver.status = 200
        server.client().post("/api/v1/deliveries/1/replay")
        delivery(server, 1, "delivered")
        expect(metric(server, total % "delivered") == 1, "it was delivered")
        until(lambda: metric(server, "gatewright_deliveries_pending") == 0, "nothing is pending")


def one_that_hangs_holds_up_nobody_else():
    hanging, healthy = Receiver(), Receiver()
    healthy.status = 200
    hanging.may_answer.clear()
    with telling(hanging, healthy) as server:
        for _ in range(10):
            create(server)
        hanging.take()
        for _ in range(10):
            healthy.take()
        delivery(server, 20, "delivered")
        expect(hanging.requests.empty(), "only one is asked at a time")
        hanging.status = 200
        hanging.may_answer.set()
        for number in range(1, 20, 2):
            delivery(server, number, "delivered")


DIRECTORY = """apiVersion: gatewright/v1
kind: Directory
metadata: {name: people}
spec:
  users:
    - {id: quinn, roles: [qa], notify: {addresses: {hook: '%s'}}}
    - {id: zoe, roles: [qa]}
"""


def a_link_in_a_message_votes_once_as_its_receiver():
    receiver = Receiver()
    receiver.status = 200
    folder = pathlib.Path(tempfile.mkdtemp(prefix="gatewright-people-"))
    people = folder / "directory.yaml"
    people.write_text(DIRECTORY % f"http://127.0.0.1:{receiver.server_port}/")
    with running(PROGRAM, arguments=["--plugins-trust", "anybody", "--directory", str(people)],
                 environment={"HOOK_SECRET": SECRET,
                              "APPROVAL_PUBLIC_URL": "http://gates.example.com/"}) as server:
        (server.workflows / "told.yaml").write_text(
            workflow_telling([]) + "    - plugin: webhook\n      on: [gate.opened]\n"
            "      to: needed\n      links: 2h\n"
            "      with: {url: '${recipient.hook}', secret: {env: HOOK_SECRET}, "
            "allow_private: true}\n")
        expect(server.stop() == 0, "expected exit code 0")
        server.start()
        run = create(server)
        _, body = receiver.take()
        event = json.loads(body)
        expect(event["data"]["recipient"] == {"id": "quinn"}, body)
        links = event["data"]["links"]
        expect(links["approve"].startswith("http://gates.example.com/vote/"), links)
        approve = links["approve"].removeprefix("http://gates.example.com")
        reject = links["reject"].removeprefix("http://gates.example.com")
        client = server.client()

        page = client.get(approve)
        expect(page.status == 200 and "Approve QA of run" in page.text, str(page))
        expect(page.headers["Content-Type"].startswith("text/html"), page.headers)
        expect("default-src 'none'" in page.headers["Content-Security-Policy"], page.headers)
        expect("<script" not in page.text, page.text)
        for _ in range(100):  # a mail program looks at what its mails link to
            client.get(approve)
            client.get(reject)
        state = client.get(f"/api/v1/runs/{run}").json
        expect(state["state"] == "requested", f"a look changed something: {state}")

        expect(client.get(approve + "x").status == 404, "a changed link")
        expect(client.post(approve[:-1]).status == 404, "a link that was cut off")
        done = client.post(approve)
        expect(done.status == 200 and "Approved" in done.text, str(done))
        vote = client.get(f"/api/v1/runs/{run}").json["stages"][0]["gate"]["votes"][0]
        expect(vote["voter"] == "quinn" and vote["choice"] == "approve", vote)
        for link in (approve, reject):
            expect(client.get(link).status == 410, "it was used")
            expect(client.post(link).status == 410, "it was used")

        other = create(server)
        _, body = receiver.take()
        link = json.loads(body)["data"]["links"]["approve"].removeprefix("http://gates.example.com")
        server.client("zoe; roles=qa").post(f"/api/v1/runs/{other}/approve")
        decided = client.post(link)
        expect(decided.status == 409 and "not open any more" in decided.text, str(decided))
        expect(server.stop() == 0, "expected exit code 0")
        expect(SECRET[6:] not in "\n".join(server.lines), "the log shows the secret")
    receiver.shutdown()
    shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(run_tests([
        a_receiver_that_was_down_is_told_later,
        a_receiver_says_when_it_wants_to_be_asked_again,
        a_receiver_that_is_gone_is_told_nothing_more_until_a_replay_gets_through,
        the_numbers_say_how_it_goes,
        one_that_hangs_holds_up_nobody_else,
        a_link_in_a_message_votes_once_as_its_receiver,
    ]))
