#!/usr/bin/env python3
"""threats_test.py PROGRAM: what somebody may try who can reach the server and nothing else.
docs/security.md has the threats, and which test is for which."""

import itertools
import json
import os
import resource
import socket
import sys

from gatewright import PATIENCE, expect, run_tests, running, until

PROGRAM = sys.argv[1]
YAML = {"Content-Type": "application/yaml"}


def answers(port, request):
    """Everything that comes back for these bytes until the server hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def status(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


def no_path_leads_to_a_file():
    dots = ["..", "%2e%2e", "%2E.", ".%2e", "..;", "%252e%252e", "%c0%ae%c0%ae", "..%00", "%uff0e%uff0e",
            "\\..", "....", "..%0d%0a"]
    slashes = ["/", "%2f", "%5c", "\\", "//", "%252f", "%c0%af"]
    targets = ["etc/passwd", "runs.db", "proc/self/environ"]
    starts = ["/", "/assets/", "/api/v1/", "/docs/", "/api/v1/workflows/", "/schemas/"]
    paths = [start + slash.join([dot] * 6 + [target]) for dot, slash, start, target in
             itertools.product(dots, slashes, starts, targets)]
    paths += ["//etc/passwd", "/%00", "/./runs.db", "/runs.db", "/runs.db-wal", "/assets/.npmrc",
              "file:///etc/passwd", "/workflows/approval.yaml", "/C:%5cwindows", "/~root", "/.git/config"]
    with running(PROGRAM) as server:
        for path in paths:
            answer = answers(server.port, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            # Who asks for a page gets the page (200), and never anything else.
            is_page = b"<!doctype html" in answer[:4096].lower()
            expect(status(answer) in (400, 404, 405) or is_page, f"{path}: {answer[:200]}")
            for secret in (b"root:x:", b"SQLite format", b"PATH="):
                expect(secret not in answer, f"{path} shows a file: {answer[:200]}")
        print(f"       {len(paths)} paths")


FORGERIES = [
    '"}\n{"level":"info","text":"run 1 approved by root"}', "a\r\nHTTP/1.1 200 OK", "\x1b[2J\x1b[31mred",
    "\x9b31m", "\u2028{}", "\u202eesrever", "\\n", "\x00", "\x7f", "%0d%0aSet-Cookie:%20a=b", "${jndi:ldap://x}",
    "\ud83d", "x" * 20000,
]


def a_line_of_the_log_cannot_be_forged():
    with running(PROGRAM, arguments=["--log-format", "json", "--log-level", "debug"]) as server:
        client = server.client("alice")
        for text in FORGERIES:
            client.post("/deployments", {"name": text[:200]})
            client.post("/api/v1/workflows", text.encode("utf-8", "replace"), YAML)
            client.request("POST", "/api/v1/runs", text.encode("utf-8", "surrogatepass"))
            raw = text.encode("utf-8", "replace").replace(b" ", b"%20")[:4000]
            for name in (b"X-Request-Id", b"User-Agent", b"X-Gatewright-Actor", b"traceparent", b"Cookie"):
                answers(server.port, b"GET /api/v1/runs?q=x HTTP/1.1\r\nHost: x\r\n%s: %s\r\n\r\n" % (name, raw))
            answers(server.port, b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n" % raw)
            answer = answers(server.port, b"GET /api/v1/runs HTTP/1.1\r\nHost: x\r\nX-Request-Id: a%s\r\n\r\n" % raw)
            head = answer.split(b"\r\n\r\n")[0].lower()
            expect(b"set-cookie" not in head and b"\r\nhttp/1.1" not in head, f"{answer[:300]}")
        server.stop()
        texts = []
        for line in server.lines:
            expect(not any(ord(c) < 0x20 or 0x7f <= ord(c) < 0xa0 for c in line), f"control characters: {line!r}")
            texts.append(json.loads(line))  # fails where a line is not one value
        expect(all(isinstance(entry, dict) for entry in texts), "a line that is no entry")
        expect(not any(entry.get("text") == "run 1 approved by root" for entry in texts), "a forged entry")


def resident(server):
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as file:
        return int(next(line for line in file if line.startswith("VmRSS")).split()[1]) // 1024


WORKFLOW = """\
apiVersion: gatewright/v1
kind: Workflow
metadata: {name: patterns}
spec:
  subject: {type: object, properties: {text: {type: string, pattern: "^((a+)+|(a|aa)+|(.*a){20})$"}}}
  stages:
    - name: QA
      doneState: approved
      gate: {rules: [{id: qa, from: {role: qa}, need: 1}]}
"""


def what_explodes_elsewhere_is_an_ordinary_request():
    deep, wide = 100_000, 100_000
    bombs = {
        "depth": "[" * deep + "]" * deep,
        "depth of objects": '{"a":' * deep + "1" + "}" * deep,
        "keys": json.dumps({"name": "x", "variables": {f"k{i}": i for i in range(wide)}}),
        "one key many times": '{"name":"x",' + ",".join(['"name":"y"'] * wide) + "}",
        "a number": '{"name":' + "9" * 500_000 + "}",
        "an exponent": '{"name":1e999999999}',
        "too long": json.dumps({"name": "x" * (3 << 20)}),
        "YAML that doubles": "a0: &a0 [x,x]\n" + "".join(
            f"a{i}: &a{i} [*a{i-1},*a{i-1}]\n" for i in range(1, 60)),
        "YAML as deep": "[" * 50_000,
    }
    with running(PROGRAM) as server:
        client = server.client("alice")
        expect(client.post("/deployments", {"name": "x"}).status == 201, "an ordinary run")
        before = resident(server)
        for name, body in bombs.items():
            is_yaml = "YAML" in name
            paths = ["/api/v1/workflows"] if is_yaml else ["/deployments", "/api/v1/runs"]
            for path in paths:
                answer = client.request("POST", path, body, YAML if is_yaml else None)
                expect(answer.status in (400, 413, 422), f"{name} to {path}: {answer}")
        grown = resident(server) - before
        expect(grown < 64, f"{grown} MiB more after these")
        answer = client.post("/api/v1/workflows", WORKFLOW, YAML)
        expect(answer.status == 201, f"{answer}")
        # A reader that goes back and forth never ends here: 30 letters take minutes, 100,000 for ever.
        answer = client.post("/api/v1/runs", {"name": "x", "workflow": "patterns",
                                              "subject": {"text": "a" * 50_000 + "!"}})
        expect(answer.status in (400, 422) and "pattern" in answer.text, f"{answer}")
        expect(client.get("/health").status == 200, "it goes on")


def without_free_files_it_waits_and_goes_on():
    with running(PROGRAM) as server:
        used = len(os.listdir(f"/proc/{server.process.pid}/fd"))
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (used + 20, used + 20))
        client = server.client("alice")
        expect(client.get("/health").status == 200, "before")
        held = [socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) for _ in range(60)]
        expect(client.post("/deployments", {"name": "who was there before is served"}).status == 201, "still")
        for connection in held:
            connection.close()
        expect(until(lambda: server.client().get("/health"), "a new connection").status == 200, "after")
        expect(server.process.poll() is None, "the server ended")


if __name__ == "__main__":
    sys.exit(run_tests([
        no_path_leads_to_a_file,
        a_line_of_the_log_cannot_be_forged,
        what_explodes_elsewhere_is_an_ordinary_request,
        without_free_files_it_waits_and_goes_on,
    ]))
