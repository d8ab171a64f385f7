#!/usr/bin/env python3
"""attempt_kill_test.py PROGRAM [KILLS] [SEED]: kills the server in the middle of actions.

Every action of the test has one real effect: a line in a file. At a random moment the server gets
SIGKILL, `gatewright db check` must find nothing, the server starts again, and:
  - an action that is not safe to run again is never run again: at most one line for each run, and an
    incident for everyone whose end nobody saw;
  - one that is safe ends well, every attempt with a line of its own, unless it was there at so many
    crashes that the engine stops to ask;
  - no run is left that waits for nothing.
"""

import collections
import http.client
import random
import sys
import threading
import time

from gatewright import Failed, Server, expect, in_threads, new_folder, until

WRITERS = 6
CUT_OFF = (ConnectionError, http.client.HTTPException, TimeoutError, OSError)
ONCE, AGAIN = "once", "again"
CRASHES_TAKEN = 5  # by one run, each a version of it, before an operator is asked
WORKFLOW = """\
apiVersion: gatewright/v1
kind: Workflow
metadata: {name: %(name)s}
spec:
  initialState: requested
  stages:
    - name: Act
      doneState: acted
      gate: none
      action:
        plugin: command
        with:
          argv:
            - sh
            - -c
            - sleep 0.0$((GATEWRIGHT_RUN_ID %% 9)); echo $GATEWRIGHT_ATTEMPT_ID >> %(file)s; sleep 0.02
        timeout: 30s
        safeRerun: %(is_safe)s
"""


def act_until_cut_off(server, workflow, known, go_on):
    """One action after the other, so that each one that is under way is being done."""
    client = server.client()
    try:
        while go_on.is_set():
            run = client.post("/api/v1/runs",
                              {"workflow": workflow, "name": "kill", "subject": {}})
            expect(run.status in (201, 202), f"create: {run}")
            known.add(run.json["id"])
            while run.json["status"] == "executing":
                time.sleep(0.005)
                run = client.get(f"/api/v1/runs/{run.json['id']}")
    except CUT_OFF:
        pass  # killed in the middle; a run that was not answered may be there or not
    finally:
        client.close()


def all_runs(client):
    runs, path = [], "/api/v1/runs?limit=200"
    while path:
        page = client.get(path)
        expect(page.status == 200, f"{path}: {page}")
        runs += page.json["items"]
        following = page.json.get("next_cursor")
        path = f"/api/v1/runs?limit=200&cursor={following}" if following else None
    return runs


def settled(client):
    """All runs, once none of them is executing."""
    def look():
        runs = all_runs(client)
        return runs if all(run["status"] != "executing" for run in runs) else None
    return until(look, "every action comes to an end, or to an incident")


def effects_in(path):
    """How often each attempt had its effect, by run."""
    lines = path.read_text().split() if path.exists() else []
    found = collections.defaultdict(collections.Counter)
    for line in lines:
        found[int(line.split("-")[1])][line] += 1
    return found


def verify(runs, known, effects):
    for workflow in (ONCE, AGAIN):
        there = {run["id"] for run in runs if run["workflow"] == workflow}
        expect(known[workflow] <= there, f"answered and gone: {sorted(known[workflow] - there)}")
    for run in runs:
        lines = effects[run["id"]]
        expect(all(count == 1 for count in lines.values()), f"an attempt acted twice: {lines}")
        if run["workflow"] == ONCE:
            expect(len(lines) <= 1, f"run {run['id']} is not safe to rerun and acted as {lines}")
            expect(run["status"] in ("succeeded", "needs_attention"), f"run {run['id']}: {run}")
        else:
            is_at_its_end = run["status"] == "needs_attention" and run["version"] > CRASHES_TAKEN
            expect(run["status"] == "succeeded" or is_at_its_end,
                   f"run {run['id']} is safe to rerun: {run}")
        if run["status"] == "succeeded":
            expect(lines, f"run {run['id']} succeeded without any effect")


def main():
    program = sys.argv[1]
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
    print(f"{kills} kills in the middle of actions, seed {seed}", flush=True)
    chance = random.Random(seed)
    known = {ONCE: set(), AGAIN: set()}
    with new_folder() as folder:
        server = Server(program, folder)
        for workflow, is_safe in ((ONCE, "false"), (AGAIN, "true")):
            (server.workflows / f"{workflow}.yaml").write_text(WORKFLOW % {
                "name": workflow, "file": folder / "effects", "is_safe": is_safe})
        try:
            for _ in range(kills):
                server.start()
                go_on = threading.Event()
                go_on.set()
                moment = threading.Timer(chance.uniform(0.05, 0.4), server.kill)
                moment.start()
                in_threads(WRITERS, lambda i: act_until_cut_off(
                    server, (ONCE, AGAIN)[i % 2], known[(ONCE, AGAIN)[i % 2]], go_on))
                moment.join()
                server.check_database()
            server.start()
            client = server.client()
            runs = settled(client)
            time.sleep(0.2)  # what a killed server had started may still be writing its line
            effects = effects_in(folder / "effects")
            verify(runs, known, effects)
            client.close()
            expect(server.stop() == 0, "expected exit code 0 after SIGTERM")
            server.check_database()
        except Failed as problem:
            print(server.last_lines())
            print(f"FAILED (seed {seed}): {problem}")
            return 1
        finally:
            if server.process is not None and server.process.poll() is None:
                server.kill()
    unknown = sum(run["status"] == "needs_attention" for run in runs)
    acted = sum(len(lines) for lines in effects.values())
    expect(unknown > 0 and acted > kills, f"{unknown} incidents, {acted} effects: proves nothing")
    print(f"{kills} kills: {len(runs)} runs, {acted} effects, {unknown} incidents, 0 effects twice")
    return 0


if __name__ == "__main__":
    sys.exit(main())
