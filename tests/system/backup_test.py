#!/usr/bin/env python3
"""backup_test.py PROGRAM [ROUNDS]: copies of a database that is being written to, and what comes of
putting them back."""

import os
import stat
import subprocess
import sys
import threading
import time

from gatewright import PATIENCE, Server, expect, new_folder, run_tests, running, until

PROGRAM = sys.argv[1]
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3


def db(*arguments, code=0):
    done = subprocess.run([PROGRAM, "db", *map(str, arguments)], capture_output=True, text=True,
                          timeout=PATIENCE * 5)
    expect(done.returncode == code, f"db {arguments}: {done.returncode} {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


class Writers:
    """Four clients that write until told to stop; `answered` is what they know is written."""

    def __init__(self, server):
        self.answered, self.is_stopping = {}, False
        self.threads = [threading.Thread(target=self.write, args=(server.client(f"user{i}"),))
                        for i in range(4)]
        for thread in self.threads:
            thread.start()

    def write(self, client):
        while not self.is_stopping:
            run = client.post("/api/v1/runs", {"name": "x", "workflow": "deployment"}).json
            self.answered[run["id"]] = run["version"]
            done = client.post(f"/api/v1/runs/{run['id']}/cancel", {"reason": "enough"})
            self.answered[run["id"]] = done.json["version"]
            time.sleep(0.01)  # a load, not a race with whatever else runs here

    def stop(self):
        self.is_stopping = True
        for thread in self.threads:
            thread.join()


def a_copy_under_load_has_all_that_was_answered_before_it():
    with running(PROGRAM) as server:
        writers = Writers(server)
        try:
            for number in range(ROUNDS):
                until(lambda: len(writers.answered) > 20 * (number + 1), "runs")
                known = dict(writers.answered)
                copy = server.folder / f"copy{number}.db"
                db("backup", "--db", server.database, "--to", copy)
                expect(stat.S_IMODE(os.stat(copy).st_mode) == 0o600, "others may read the copy")
                put_back = server.folder / f"back{number}" / "runs.db"
                expect("good" in db("restore", "--from", copy, "--db", put_back), "not good")
                with new_folder() as folder:
                    second = Server(PROGRAM, folder)
                    second.database = put_back
                    second.start()
                    client = second.client("alice")
                    # The newest above all: they are what a copy could miss.
                    for run, version in list(known.items())[-200:]:
                        found = client.get(f"/api/v1/runs/{run}").json.get("version", 0)
                        expect(found >= version, f"run {run}: {found}, answered was {version}")
                    created = client.post("/api/v1/runs", {"name": "x", "workflow": "deployment"})
                    expect(created.status == 201, f"{created}")
                    expect(second.stop() == 0, "the second server's end")
        finally:
            writers.stop()
        left = sorted(path.name for path in server.folder.glob("copy*"))
        expect(left == sorted(f"copy{i}.db" for i in range(ROUNDS)), f"{left}")


def what_is_there_is_put_aside_and_not_lost():
    with running(PROGRAM) as server:
        first = server.client("alice").post("/deployments", {"name": "before"}).json["id"]
        copy = server.folder / "copy.db"
        db("backup", "--db", server.database, "--to", copy)
        server.client("alice").post("/deployments", {"name": "after"})
        said = db("restore", "--from", copy, "--db", server.database, "--replace", code=1)
        expect("Another gatewright" in said, said)
        server.kill()  # what was written last is in the log of changes only
        said = db("restore", "--from", copy, "--db", server.database, code=1)
        expect("--replace" in said, said)
        said = db("restore", "--from", copy, "--db", server.database, "--replace")
        kept = said.split(":")[0]
        expect(" 1 runs" in db("check", "--db", server.database), "the copy is in its place")
        expect(" 2 runs" in db("check", "--db", kept), "what was there is lost")
        server.start()
        expect(server.client("alice").get(f"/deployments/{first}").status == 200, "the first run")


def what_is_no_good_copy_is_refused_and_changes_nothing():
    with new_folder() as folder:
        server = Server(PROGRAM, folder).start()
        for number in range(50):
            server.client("alice").post("/deployments", {"name": f"run {number}"})
        server.stop()
        copy = folder / "copy.db"
        db("backup", "--db", server.database, "--to", copy)
        expect("exists already" in db("backup", "--db", server.database, "--to", copy, code=1), "")
        expect("found none" in db("backup", "--db", folder / "none.db", "--to", "x", code=2), "")
        before = server.database.read_bytes()
        whole = copy.read_bytes()
        half, changed, text = (folder / name for name in ("half.db", "changed.db", "text.db"))
        half.write_bytes(whole[:len(whole) // 2])
        changed.write_bytes(whole.replace(b'"name":"run 7"', b'"name":"run 8"'))
        text.write_text("not a database\n" * 100)
        for wrong in (half, changed, text):
            db("restore", "--from", wrong, "--db", server.database, "--replace", code=1)
            expect(server.database.read_bytes() == before, f"{wrong.name} changed the database")
        names = sorted(path.name for path in folder.iterdir() if ".part" in path.name)
        expect(not names, f"left behind: {names}")


def the_plan_is_for_the_database_that_is_there():
    with new_folder() as folder:
        expect("CREATE TABLE events" in db("migrate", "--plan", "--db", folder / "x.db"), "of a new one")
        expect(not (folder / "x.db").exists(), "a plan made a file")
        db("migrate", "--db", folder / "x.db")
        expect("up to date" in db("migrate", "--plan", "--db", folder / "x.db"), "of one that is done")


if __name__ == "__main__":
    sys.exit(run_tests([
        a_copy_under_load_has_all_that_was_answered_before_it,
        what_is_there_is_put_aside_and_not_lost,
        what_is_no_good_copy_is_refused_and_changes_nothing,
        the_plan_is_for_the_database_that_is_there,
    ]))
