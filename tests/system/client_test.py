#!/usr/bin/env python3
"""client_test.py PROGRAM: the subcommands that ask a running server: what they print, and their
exit codes. Also: docs/command-line.md names every subcommand and every option."""

import json
import os
import re
import socket
import subprocess
import sys
import threading

from gatewright import PATIENCE, ROOT, expect, new_folder, run_tests, running, until

PROGRAM = os.path.abspath(sys.argv[1])
DEPLOYMENT = ROOT / "config" / "workflows" / "deployment.yaml"


def gatewright(*arguments, server=None, environment=None, code=0):
    variables = {k: v for k, v in os.environ.items() if not k.startswith("APPROVAL_")}
    if server is not None:
        variables["APPROVAL_SERVER"] = f"http://127.0.0.1:{server.port}"
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=PATIENCE,
                          env={**variables, **(environment or {})}, stdin=subprocess.DEVNULL)
    expect(done.returncode == code,
           f"{' '.join(arguments)}: expected exit code {code}, found {done.returncode}: "
           f"{done.stdout}{done.stderr}")
    return done


def create(server, name="Deploy X", actor="rita"):
    answer = server.client(actor).post("/api/v1/runs", {"workflow": "deployment", "name": name})
    expect(answer.status == 201, f"create: {answer}")
    return answer.json["id"]


def two_for_qa(text):
    """The shipped workflow with another number of people in its first gate."""
    changed = text.replace("{id: qa, from: {role: qa}, need: 1}",
                           "{id: qa, from: {role: qa}, need: 2}")
    expect(changed != text, "the shipped workflow has no rule 'qa' any more")
    return changed


def explain_says_why_and_who_and_what_next():
    with running(PROGRAM) as server:
        run = str(create(server))
        page = gatewright("explain", run, "--as", "alice; roles=qa", server=server).stdout
        for said in (f"Run {run}: requested (waiting, stage QA)", "Waits for\n  votes: ",
                     "Gate of QA (epoch 1): pending", "[ ] qa: 0 of 1", "You (alice)",
                     "you can vote (for qa)", "If you approve: "):
            expect(said in page, f"expected '{said}' in: {page}")
        page = gatewright("explain", run, server=server,
                          environment={"APPROVAL_ACTOR": "rita; roles=qa"}).stdout
        expect("you cannot vote" in page and "self_approval: " in page, page)
        expect("If you approve" not in page, page)
        page = gatewright("explain", run, "--as", "bob", server=server).stdout
        expect("not_in:qa: " in page, page)
        found = json.loads(gatewright("explain", run, "-o", "json", "--as", "alice; roles=qa",
                                      server=server).stdout)
        expect(found["viewer"]["can_decide"] and found["status"] == "waiting", found)
        server.client("alice; roles=qa").post(f"/api/v1/runs/{run}/approve")
        page = gatewright("explain", run, "--as", "dave; roles=devops", server=server).stdout
        expect("stage DevOps" in page and "[ ] devops: 0 of 1" in page, page)


def what_is_shown_does_not_command_the_terminal():
    with running(PROGRAM) as server:
        create(server, name="\u001b[2Jgone")
        page = gatewright("inbox", "--as", "alice; roles=qa", server=server).stdout
        expect("?[2Jgone" in page and "\u001b" not in page, repr(page))


def the_inbox_is_mine():
    with running(PROGRAM) as server:
        expect("nothing waits" in gatewright("inbox", server=server).stdout, "not empty")
        run = create(server)
        page = gatewright("inbox", "--as", "alice; roles=qa", server=server).stdout
        expect(f"{run}  Deploy X  (deployment, QA)" in page, page)
        expect("nothing waits" in gatewright("inbox", "--as", "dave; roles=devops",
                                             server=server).stdout, "not dave's")
        found = json.loads(gatewright("inbox", "--as", "alice; roles=qa", "--output", "json",
                                      server=server).stdout)
        expect([item["run"]["id"] for item in found["items"]] == [run], found)


def plan_says_what_publishing_would_mean_and_changes_nothing():
    with running(PROGRAM) as server, new_folder() as folder:
        run = create(server)
        file = folder / "deployment.yaml"
        file.write_text(DEPLOYMENT.read_text())
        page = gatewright("plan", str(file), server=server).stdout
        expect("is what is published already" in page and "1 open run; none" in page, page)
        file.write_text(two_for_qa(DEPLOYMENT.read_text()))
        page = gatewright("plan", str(file), server=server).stdout
        for said in ("would become revision 2", "1 open run; 1 would need more approvers.",
                     f"run {run} Deploy X at QA: 'QA' would need 2 people instead of 1"):
            expect(said in page, f"expected '{said}' in: {page}")
        found = json.loads(gatewright("plan", str(file), "-o", "json", server=server).stdout)
        expect(found["dry_run"] and found["impact"]["affected"][0]["run"] == run, found)
        revision = server.client().get("/api/v1/workflows/deployment").json["revision"]
        expect(revision == 1, f"planning published revision {revision}")
        file.write_text("apiVersion: gatewright/v1\nkind: Workflow\nmetadata: {nam: x}\n")
        expect(f"{file}:3:" in gatewright("plan", str(file), server=server, code=1).stderr, "where?")
        gatewright("plan", str(folder / "none.yaml"), server=server, code=2)


def publish_two_for_qa(server):
    file = server.workflows / "deployment.yaml"
    other = file.with_suffix(".new")
    other.write_text(two_for_qa(file.read_text()))
    os.replace(other, file)
    client = server.client()
    until(lambda: client.get("/api/v1/workflows/deployment").json["revision"] == 2,
          "the second revision")


def migrate_moves_what_waits_and_says_what_was_refused():
    with running(PROGRAM) as server:
        first, second = create(server, "one"), create(server, "two")
        done = create(server, "done")
        server.client("rita").post(f"/api/v1/runs/{done}/cancel")
        publish_two_for_qa(server)
        arguments = ["migrate", "deployment", "--from", "1", "--to", "current"]
        page = gatewright(*arguments, "--dry-run", server=server).stdout
        expect(f"run {first} one: would move\n  'QA' would need 2" in page, page)
        expect("2 would be moved" in page and "done" not in page, page)
        expect(server.client().get(f"/api/v1/runs/{first}").json["version"] == 1, "it was moved")

        refused = json.loads(gatewright(*arguments, "--map", "QA=Nowhere", "-o", "json",
                                        server=server, code=5).stdout)
        expect(refused["refused"] == 2 and "Nowhere" in refused["runs"][0]["details"][0], refused)

        page = gatewright(*arguments, server=server).stdout
        expect(f"run {second} two: moved" in page and "2 moved from revision 1" in page, page)
        waits = gatewright("explain", str(first), server=server).stdout
        expect("qa: 0 of 2" in waits, waits)
        expect("0 moved" in gatewright(*arguments, server=server).stdout, "moved twice")
        gatewright("migrate", "deployment", "--from", "2", "--to", "2", server=server, code=2)
        gatewright("migrate", "deployment", "--from", "9", "--to", "2", server=server, code=3)
        gatewright("migrate", "nothing", "--from", "1", "--to", "2", server=server, code=3)


def stop_stops_and_lift_lifts():
    with running(PROGRAM) as server:
        expect("nothing is stopped" in gatewright("stops", server=server).stdout, "stopped")
        page = gatewright("stop", "--reason", "fire", "--as", "olga", server=server).stdout
        expect("everything, until it is lifted: fire (by olga" in page, page)
        found = json.loads(gatewright(
            "stop", "--reason", "drill", "--workflow", "deployment", "--stage", "Execute",
            "--label", "team=a", "--label", "tier=1", "--lock", "db", "--for", "2h", "-o", "json",
            server=server).stdout)
        expect(found["labels"] == {"team": "a", "tier": "1"} and found["until"], found)
        page = gatewright("stops", server=server).stdout
        expect("workflow deployment, stage Execute, lock db, label team=a, label tier=1" in page,
               page)

        run = create(server)
        for stage, actor in (("QA", "alice; roles=qa"), ("DevOps", "dave; roles=devops"),
                             ("Execute", "dora; roles=devops")):
            answer = server.client(actor).post(f"/api/v1/runs/{run}/approve")
            expect(answer.status == 200, f"{stage}: {answer}")
        page = gatewright("explain", str(run), server=server).stdout
        expect("stop: " in page and "fire" in page, page)

        stop = str(found["id"])
        expect("lifted" in gatewright("lift", stop, "--reason", "over", server=server).stdout, stop)
        gatewright("lift", stop, "--reason", "over", server=server, code=3)
        gatewright("lift", "--reason", "over", server=server)
        expect("nothing to lift" in gatewright("lift", "--reason", "x", server=server).stdout, "?")
        client = server.client()
        until(lambda: client.get(f"/api/v1/runs/{run}").json["status"] == "succeeded",
              "the run goes on")


def smoke_says_whether_it_works_and_leaves_no_workflow():
    with running(PROGRAM) as server:
        before = server.client().get("/api/v1/workflows").json
        page = gatewright("smoke", server=server).stdout
        expect("FAILED" not in page and "went all the way" in page, page)
        gatewright("stop", "--reason", "fire", server=server)
        done = gatewright("smoke", "--timeout", "1", server=server, code=1)
        expect("ok     creates a run\nFAILED approves and executes\nok     takes" in done.stdout, done.stdout)
        expect("expected run 2 to have succeeded, found blocked" in done.stderr, done.stderr)
        expect(server.client().get("/api/v1/workflows").json == before, "a workflow is left")


def every_way_to_fail_has_its_exit_code():
    with running(PROGRAM) as server:
        missing = gatewright("explain", "999", server=server, code=3)
        expect("there is no run '999'" in missing.stderr, missing.stderr)
        gatewright("inbox", "--as", "policy:x", server=server, code=1)
        gatewright("inbox", "--as", "a\nb: c", server=server, code=2)
        address = f"http://127.0.0.1:{server.port}"
        gatewright("inbox", "--server", address + "/",
                   environment={"APPROVAL_SERVER": "http://127.0.0.1:1"})
    gone = gatewright("inbox", "--server", address, code=8)
    expect("no server answers on" in gone.stderr, gone.stderr)
    gatewright("inbox", "--server", "127.0.0.1:8003", code=2)
    gatewright("explain", code=2)
    gatewright("explain", "x", code=2)
    gatewright("explain", "-1", code=2)
    gatewright("stop", code=2)
    gatewright("stop", "--reason", "x", "--for", "soon", code=2)
    gatewright("stop", "--reason", "x", "--label", "team", code=2)
    gatewright("migrate", "deployment", "--from", "1", code=2)


def a_server_that_is_none_or_never_answers_is_told_apart():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        late = gatewright("inbox", "--server", address, "--timeout", "0.2", code=8)
        expect("did not answer within" in late.stderr, late.stderr)

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        def answer():
            connection, _ = other.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")

        thread = threading.Thread(target=answer)
        thread.start()
        done = gatewright("inbox", "--server", f"http://127.0.0.1:{other.getsockname()[1]}", code=3)
        thread.join()
        expect("not as a Gatewright server does" in done.stderr, done.stderr)


WRITING = """apiVersion: gatewright/v1
kind: Workflow
metadata: {name: writing}
spec:
  stages:
    - name: Execute
      doneState: executed
      gate: {rules: [{id: qa, from: {role: qa}, need: 1}]}
      action: {plugin: command, with: {argv: [/bin/sh, -c, %s]}}
"""


def a_log_is_printed_and_followed_over_a_restart():
    with running(PROGRAM) as server:
        gate, client = server.folder / "gate", server.client()
        script = f"printf 'one\\033[1m\\n'; until [ -e {gate} ]; do sleep 0.05; done; echo two"
        answer = client.request("POST", "/api/v1/workflows", WRITING % json.dumps(script),
                                {"Content-Type": "application/yaml"})
        expect(answer.status == 201, f"publish: {answer}")
        run = client.post("/api/v1/runs", {"workflow": "writing", "name": "x"}).json["id"]
        gatewright("log", str(run), server=server, code=3)
        client.post(f"/api/v1/runs/{run}/approve")
        with subprocess.Popen([PROGRAM, "log", str(run), "--follow", "--server",
                               f"http://127.0.0.1:{server.port}"], stdout=subprocess.PIPE) as follow:
            expect(follow.stdout.readline() == b"one\033[1m\n", "the first line")
            gate.touch()
            rest = follow.stdout.read()
            expect(rest == b"two\n" and follow.wait(PATIENCE) == 0, f"the rest: {rest}")
        printed = gatewright("log", str(run), "1", "--offset", "3", server=server).stdout
        expect(printed == "\033[1m\ntwo\n", repr(printed))
        gatewright("log", str(run), "2", server=server, code=3)

        gate.unlink()
        run = client.post("/api/v1/runs", {"workflow": "writing", "name": "y"}).json["id"]
        client.post(f"/api/v1/runs/{run}/approve")
        with subprocess.Popen([PROGRAM, "log", str(run), "-f", "--server",
                               f"http://127.0.0.1:{server.port}"], stdout=subprocess.PIPE) as follow:
            expect(follow.stdout.readline() == b"one\033[1m\n", "the first line")
            server.kill()
            command = server.command()
            command[command.index("--port") + 1] = str(server.port)
            server.command = lambda: command
            gate.touch()
            server.start()
            rest = follow.stdout.read()
            expect(rest == b"" and follow.wait(PATIENCE) == 0, f"after the restart: {rest}")


def the_variables_of_the_client_do_not_keep_the_server_from_starting():
    variables = {"APPROVAL_SERVER": "http://elsewhere:1", "APPROVAL_ACTOR": "alice"}
    gatewright("config", "show", environment=variables)


def subcommands(*path):
    """Every subcommand below `path` that does something, with its options."""
    page = gatewright(*path, "--help").stdout
    listed = page.split("Subcommands:\n", 1)
    if len(listed) == 1:
        yield path, set(re.findall(r"--[a-z][a-z-]*", page.split("Options:\n", 1)[1])) - {"--help"}
        return
    for name in re.findall(r"^  ([a-z-]+) ", listed[1], re.MULTILINE):
        yield from subcommands(*path, name)


def the_page_names_every_subcommand_and_option():
    page = (ROOT / "docs" / "command-line.md").read_text()
    sections = {}
    for part in re.split(r"^#{2,3} ", page, flags=re.MULTILINE)[1:]:
        title, text = part.split("\n", 1)
        for name in re.findall(r"`gatewright ([a-z ]+)`", title):
            sections[name] = text
    shared = set(re.findall(r"^\| `(--[a-z-]+)", sections_of_shared(page), re.MULTILINE))
    for path, options in subcommands():
        name = " ".join(path)
        expect(name in sections, f"docs/command-line.md has no section `gatewright {name}`")
        named = set(re.findall(r"--[a-z][a-z-]*", sections[name]))
        missing = options - named - shared
        expect(not missing, f"`gatewright {name}` lacks {sorted(missing)} in docs/command-line.md")
        unknown = named - options
        expect(not unknown, f"`gatewright {name}` has no {sorted(unknown)}")


def sections_of_shared(page):
    """Options that several commands have are described once, before the first command."""
    return page.split("\n## Commands", 1)[0]


if __name__ == "__main__":
    sys.exit(run_tests([
        explain_says_why_and_who_and_what_next,
        what_is_shown_does_not_command_the_terminal,
        the_inbox_is_mine,
        plan_says_what_publishing_would_mean_and_changes_nothing,
        migrate_moves_what_waits_and_says_what_was_refused,
        stop_stops_and_lift_lifts,
        smoke_says_whether_it_works_and_leaves_no_workflow,
        every_way_to_fail_has_its_exit_code,
        a_server_that_is_none_or_never_answers_is_told_apart,
        a_log_is_printed_and_followed_over_a_restart,
        the_variables_of_the_client_do_not_keep_the_server_from_starting,
        the_page_names_every_subcommand_and_option,
    ]))
