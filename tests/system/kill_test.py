#!/usr/bin/env python3
"""kill_test.py PROGRAM [KILLS] [SEED]: kills the server under load, again and again.

Eight writers take deployments from `requested` to `executed`. At a random moment the server gets
SIGKILL. Then `gatewright db check` must find nothing, the server starts again, and:
  - everything that was answered is there, at the version that was answered or later;
  - every request that was cut off is sent again with its Idempotency-Key, and happens once.
"""

import http.client
import random
import sys
import threading
import time

from gatewright import Failed, Server, expect, in_threads, new_folder

WRITERS = 8
STATES = ["requested", "approved_by_QA", "approved_by_devops", "executed"]
CUT_OFF = (ConnectionError, http.client.HTTPException, TimeoutError, OSError)


class Writer:
    """Remembers what it was answered, and the one request it does not know the fate of."""

    def __init__(self, index):
        self.name, self.created, self.requests = f"writer-{index}", 0, 0
        self.answered = {}  # run id → (version, index of its state)
        self.run, self.step = None, 0  # the run under way; step 0 is its creation
        self.names = {}  # run id → name

    def next_request(self):
        if self.step == 0:
            return "/deployments", {"name": f"{self.name} run {self.created}"}
        return f"/deployments/{self.run}/approve", {"expected_state": STATES[self.step - 1]}

    def take_one_step(self, client):
        path, body = self.next_request()
        key = f"{self.name}-{self.created}-{self.step}"
        self.requests += 1
        answer = client.post(path, body, {"Idempotency-Key": key})
        if answer.status == 503:
            return  # overloaded or stopping: nothing happened; again with the same key
        expect(answer.status in (200, 201, 202), f"{path} {body}: {answer}")
        run = answer.json
        while run["state"] == "executing":  # slow: look again
            time.sleep(0.05)
            run = client.get(f"/deployments/{run['id']}").json
        expect(run["state"] == STATES[self.step],
               f"{path}: expected state {STATES[self.step]}, found {answer}")
        self.run = run["id"]
        before = self.answered.get(self.run)
        expect(before is None or before[0] <= run["version"], f"the version went back: {answer}")
        self.answered[self.run] = (run["version"], self.step)
        self.names[self.run] = body.get("name") or self.names[self.run]
        self.step += 1
        if self.step == len(STATES):
            self.run, self.step = None, 0
            self.created += 1


def write_until_cut_off(writer, server, go_on):
    client = server.client()
    try:
        while go_on.is_set():
            writer.take_one_step(client)
    except CUT_OFF:
        pass  # killed in the middle; the same request comes again after the restart
    finally:
        client.close()


def all_deployments(client):
    found, path = {}, "/deployments?limit=200"
    while path:
        answer = client.get(path)
        expect(answer.status == 200, f"{path}: {answer}")
        for run in answer.json:
            found[run["id"]] = run
        link = answer.headers.get("Link", "")
        path = link[link.index("<") + 1:link.index(">")] if 'rel="next"' in link else None
        if path and path.startswith("http"):
            path = "/" + path.split("/", 3)[3]
    return found


def verify(writers, client):
    stored = all_deployments(client)
    for writer in writers:
        for run, (version, step) in writer.answered.items():
            expect(run in stored, f"run {run} was answered and is gone")
            found = stored[run]
            expect(found["name"] == writer.names[run], f"run {run} has another name: {found}")
            expect(found["version"] >= version,
                   f"run {run}: version {version} was answered, {found['version']} is there")
            expect(found["state"] in STATES[step:] + ["executing"],
                   f"run {run}: state {STATES[step]} was answered, {found['state']} is there")
            if found["version"] == version:
                expect(found["state"] == STATES[step], f"run {run}: {found}")
    # Every name once: a creation that was cut off and sent again made no second run.
    names = [run["name"] for run in stored.values()]
    expect(len(names) == len(set(names)), "a run was created twice")
    return len(stored)


def one_round(server, writers, chance):
    """Load, kill, check. Returns how much the writers were answered in it."""
    before = sum(len(w.answered) + w.requests for w in writers)
    go_on = threading.Event()
    go_on.set()
    # The moment is random, but after something was answered: else there is nothing to lose.
    moment = threading.Timer(chance.uniform(0.02, 0.8), server.kill)
    moment.start()
    try:
        in_threads(len(writers), lambda i: write_until_cut_off(writers[i], server, go_on))
    finally:
        moment.join()
    return sum(len(w.answered) + w.requests for w in writers) - before


def main():
    program = sys.argv[1]
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
    print(f"{kills} kills under load of {WRITERS} writers, seed {seed}", flush=True)
    chance = random.Random(seed)
    writers = [Writer(i) for i in range(WRITERS)]
    with new_folder() as folder:
        server = Server(program, folder)
        try:
            for number in range(1, kills + 1):
                server.start()
                client = server.client()
                runs = verify(writers, client)
                client.close()
                one_round(server, writers, chance)
                print(f"kill {number}: {runs} runs before; {server.check_database()}", flush=True)
            server.start()
            client = server.client()
            runs = verify(writers, client)
            # The fate of what was cut off last.
            for writer in writers:
                while writer.step != 0:
                    writer.take_one_step(client)
            verify(writers, client)
            expect(server.stop() == 0, "expected exit code 0 after SIGTERM")
            server.check_database()
        except Failed as problem:
            print(server.last_lines())
            print(f"FAILED (seed {seed}): {problem}")
            return 1
        finally:
            if server.process is not None and server.process.poll() is None:
                server.kill()
    answered = sum(sum(step + 1 for _, step in w.answered.values()) for w in writers)
    expect(answered > kills, f"only {answered} answers in {kills} rounds: that proves nothing")
    print(f"{kills} kills: {answered} answered transitions of {runs} runs, 0 lost, 0 doubled")
    return 0


if __name__ == "__main__":
    sys.exit(main())
