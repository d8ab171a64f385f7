#!/usr/bin/env python3
"""server_test.py PROGRAM: what an operator does to a running server."""

import http.client
import signal
import subprocess
import sys
import threading

from gatewright import PATIENCE, Server, expect, in_threads, run_tests, running, until

PROGRAM = sys.argv[1]
SECURITY = """\
    - name: Security
      doneState: approved_by_security
      gate:
        rules:
          - {id: security, from: {role: security}, need: 1}

    - name: DevOps
"""


def create(client, name="x"):
    answer = client.post("/deployments", {"name": name})
    expect(answer.status == 201, f"create: {answer}")
    return answer.json["id"]


def approve_until_finished(client, run):
    states = []
    while not states or states[-1] != "executed":
        answer = client.post(f"/deployments/{run}/approve")
        expect(answer.status == 200, f"approve after {states}: {answer}")
        states.append(answer.json["state"])
    return states


def a_new_stage_is_a_change_of_yaml_and_touches_no_open_run():
    with running(PROGRAM) as server:
        client = server.client()
        old = create(client)
        file = server.workflows / "deployment.yaml"
        text = file.read_text()
        expect("    - name: DevOps\n" in text, "the shipped workflow has no stage DevOps any more")
        temporary = server.workflows / ".deployment.yaml.swp"
        temporary.write_text(text.replace("    - name: DevOps\n", SECURITY))
        temporary.rename(file)
        server.wait_for_line("workflow 'deployment' is now revision 2")
        new = create(client)
        expect(approve_until_finished(client, old) ==
               ["approved_by_QA", "approved_by_devops", "executed"], "the open run changed")
        expect(approve_until_finished(client, new) ==
               ["approved_by_QA", "approved_by_security", "approved_by_devops", "executed"],
               "the new run does not have the stage")


def a_broken_file_is_reported_and_the_old_version_stays():
    with running(PROGRAM) as server:
        client = server.client()
        file = server.workflows / "deployment.yaml"
        good = file.read_text()
        file.write_text(good.replace("doneState: approved_by_QA", "donState: approved_by_QA"))
        server.wait_for_line("unknown key 'donState'")
        expect(approve_until_finished(client, create(client))[-1] == "executed", "not in force")
        # Also over a restart, as long as one version is usable.
        client.close()
        expect(server.stop() == 0, "expected exit code 0")
        server.start()
        client = server.client()
        server.wait_for_line("unknown key 'donState'")
        expect(approve_until_finished(client, create(client))[-1] == "executed", "not in force")


def a_revision_from_the_api_outlives_a_restart():
    with running(PROGRAM) as server:
        client = server.client()
        text = (server.workflows / "deployment.yaml").read_text()
        answer = client.post("/api/v1/workflows",
                             text.replace("    - name: DevOps\n", SECURITY),
                             {"Content-Type": "application/yaml"})
        expect(answer.status in (200, 201), f"publish: {answer}")
        client.close()
        expect(server.stop() == 0, "expected exit code 0")
        server.start()
        client = server.client()
        expect("approved_by_security" in approve_until_finished(client, create(client)),
               "the file won over the newer revision")


def without_any_usable_workflow_it_refuses_to_start():
    with running(PROGRAM) as other:
        server = Server(PROGRAM, other.folder / "broken")
        (server.workflows).mkdir(parents=True, exist_ok=True)
        for file in server.workflows.iterdir():
            file.write_text("spec: 3\n")
        done = subprocess.run(server.command(), capture_output=True, text=True, timeout=PATIENCE,
                              env=server.clean_environment())
        expect(done.returncode == 1, f"expected exit code 1, found {done.returncode}")
        expect("no usable workflow" in done.stderr, done.stderr)
        expect("deployment.yaml:1:" in done.stdout, done.stdout)


def a_second_server_on_the_same_file_is_refused():
    with running(PROGRAM) as server:
        done = subprocess.run(server.command(), capture_output=True, text=True, timeout=PATIENCE,
                              env=server.clean_environment())
        expect(done.returncode == 1, f"expected exit code 1, found {done.returncode}")
        expect(str(server.database) in done.stderr, f"does not name the file: {done.stderr}")
        create(server.client())  # the first one does not mind


def a_port_that_is_taken_is_a_sentence():
    with running(PROGRAM) as server:
        command = server.command()
        command[command.index("--port") + 1] = str(server.port)
        command[command.index("--db") + 1] = str(server.folder / "other.db")
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE,
                              env=server.clean_environment())
        expect(done.returncode == 1, f"expected exit code 1, found {done.returncode}")
        expect(str(server.port) in done.stderr, f"does not name the port: {done.stderr}")


def everything_is_still_there_after_a_restart():
    with running(PROGRAM) as server:
        client = server.client()
        run = create(client)
        client.post(f"/deployments/{run}/approve")
        before = client.get(f"/deployments/{run}")
        history = client.get(f"/api/v1/runs/{run}/history").text
        client.close()
        expect(server.stop() == 0, "expected exit code 0")
        server.start()
        client = server.client()
        after = client.get(f"/deployments/{run}")
        expect(after.text == before.text, f"{before.text} became {after.text}")
        expect(after.headers["ETag"] == before.headers["ETag"], "the ETag changed")
        expect(client.get(f"/api/v1/runs/{run}/history").text == history, "the history changed")


def a_stop_under_load_answers_what_it_has_begun():
    with running(PROGRAM) as server:
        answered, unanswered, lock = set(), set(), threading.Lock()
        is_warm = threading.Event()

        def write(index):
            for number in range(1_000_000):
                name = f"{index}-{number}"
                client = server.client()
                try:
                    answer = client.post("/deployments", {"name": name})
                except (OSError, http.client.HTTPException):
                    with lock:
                        unanswered.add(name)
                    return
                finally:
                    client.close()
                if answer.status == 503:
                    return
                expect(answer.status == 201, f"create: {answer}")
                with lock:
                    answered.add(name)
                    if len(answered) > 100:
                        is_warm.set()

        def stop():
            is_warm.wait(PATIENCE)
            server.process.send_signal(signal.SIGTERM)

        stopper = threading.Thread(target=stop)
        stopper.start()
        in_threads(8, write)
        stopper.join()
        expect(server.process.wait(PATIENCE) == 0, "expected exit code 0")
        server.check_database()
        server.start()
        client, stored, path = server.client(), set(), "/deployments?limit=200"
        while path:
            answer = client.get(path)
            stored |= {run["name"] for run in answer.json}
            link = answer.headers.get("Link", "")
            path = link[link.index("<") + 1:link.index(">")] if link else None
        expect(answered <= stored, f"answered and lost: {sorted(answered - stored)[:5]}")
        expect(not stored & unanswered,
               f"done and not answered: {sorted(stored & unanswered)[:5]}")


def a_second_signal_ends_it_at_once():
    with running(PROGRAM) as server:
        file = server.workflows / "deployment.yaml"
        text = file.read_text()
        expect("        plugin: noop\n" in text, "the shipped action is not noop any more")
        file.write_text(text.replace("        plugin: noop\n", "        plugin: noop\n"
                                     "        with: {sleep_ms: 60000, cancellable: false}\n"))
        server.wait_for_line("workflow 'deployment' is now revision 2")
        client = server.client()
        run = create(client)
        for _ in range(3):
            answer = client.post(f"/deployments/{run}/approve?wait=0s")
        expect(answer.status == 202 and answer.json["state"] == "executing", str(answer))
        client.close()
        server.process.send_signal(signal.SIGTERM)
        server.wait_for_line("stopping")
        server.process.send_signal(signal.SIGTERM)
        code = server.process.wait(PATIENCE)
        expect(code == 128 + signal.SIGTERM, f"expected exit code 143, found {code}")
        # The attempt was cut off; what became of it is known after the next start.
        server.start()
        client = server.client()
        until(lambda: client.get(f"/deployments/{run}").json["state"] == "executed", "executed")


def hangup_reads_the_workflows_again():
    with running(PROGRAM) as server:
        file = server.workflows / "deployment.yaml"
        file.write_text("spec: 3\n")
        server.wait_for_line("stays in force")
        seen = len([line for line in server.lines if "stays in force" in line])
        server.process.send_signal(signal.SIGHUP)
        until(lambda: len([line for line in list(server.lines) if "stays in force" in line]) > seen,
              "a second report")


if __name__ == "__main__":
    sys.exit(run_tests([
        a_new_stage_is_a_change_of_yaml_and_touches_no_open_run,
        a_broken_file_is_reported_and_the_old_version_stays,
        a_revision_from_the_api_outlives_a_restart,
        without_any_usable_workflow_it_refuses_to_start,
        a_second_server_on_the_same_file_is_refused,
        a_port_that_is_taken_is_a_sentence,
        everything_is_still_there_after_a_restart,
        a_stop_under_load_answers_what_it_has_begun,
        a_second_signal_ends_it_at_once,
        hangup_reads_the_workflows_again,
    ]))
