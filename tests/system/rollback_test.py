#!/usr/bin/env python3
"""rollback_test.py PROGRAM: what a run has done is undone from the last stage to the first, over a
restart in between; and a rollback that fails half-way waits for an operator."""

import contextlib
import os
import pathlib
import sys
import tempfile

from gatewright import expect, run_tests, running, until

PROGRAM = os.path.abspath(sys.argv[1])
STAGE = """
    - name: {name}
      doneState: {done}
      gate: {gate}
      action:
        plugin: command
        with: {{argv: [/bin/sh, -c, 'echo "do {name} $1" >> {diary}', sh, "${{subject.version}}"]}}
        rollback:
          plugin: command
          with: {{argv: [/bin/sh, -c, 'echo "undo {name} $1" >> {diary}; {then}', sh, "${{subject.version}}"]}}
"""
ASKS = "{rules: [{id: ops, from: {role: ops}}]}"


@contextlib.contextmanager
def undoable(then="true"):
    with tempfile.TemporaryDirectory() as folder:
        diary = pathlib.Path(folder) / "diary"
        with serving(diary, then) as server:
            yield server, diary


def serving(diary, then):
    return running(PROGRAM, arguments=["--plugins-trust", "anybody"], prepare=lambda server: (
        server.workflows / "release.yaml").write_text(
            "apiVersion: gatewright/v1\nkind: Workflow\nmetadata: {name: release}\nspec:\n  stages:"
            + STAGE.format(name="Migrate", done="migrated", gate="none", diary=diary, then="true")
            + STAGE.format(name="Deploy", done="deployed", gate=ASKS, diary=diary, then=then)))


def is_at(server, run, status):
    until(lambda: server.client().get(f"/api/v1/runs/{run}").json["status"] == status,
          f"run {run} to be {status}")
    return server.client().get(f"/api/v1/runs/{run}").json


def released(server):
    run = server.client("rita").post("/api/v1/runs", {
        "workflow": "release", "name": "v1", "subject": {"version": "1.2"}}).json["id"]
    is_at(server, run, "waiting")
    expect(server.client("bob; roles=ops").post(f"/api/v1/runs/{run}/approve").status in (200, 202),
           "approve")
    is_at(server, run, "succeeded")
    return run


def lines(diary):
    with open(diary, encoding="utf-8") as file:
        return file.read().splitlines()


def the_last_stage_is_undone_first_over_a_restart():
    with undoable() as (server, diary):
        run = released(server)
        refused = server.client("carol").post(f"/api/v1/runs/{run}/rollback", {})
        expect(refused.status == 422 and "reason" in refused.text, str(refused))
        begun = server.client("carol").post(f"/api/v1/runs/{run}/rollback",
                                            {"reason": "it loses orders"})
        expect(begun.status == 200 and begun.json["stage"] == "rollback:Deploy", str(begun))
        rollback = server.client().get(f"/api/v1/runs/{run}").json["rollback"]
        expect(rollback == {"by": "carol", "reason": "it loses orders", "left": ["Deploy", "Migrate"],
                            "was": {"status": "succeeded", "state": "deployed"}}, str(rollback))
        expect(server.stop() == 0, "expected exit code 0")
        server.start()
        voted = server.client("bob; roles=ops").post(f"/api/v1/runs/{run}/votes", {
            "stage": "rollback:Deploy", "choice": "approve"})
        expect(voted.status in (200, 202), str(voted))
        story = is_at(server, run, "rolled_back")
        expect(story["state"] == "rolled_back" and story["rollback"] is None, str(story))
        expect([(stage["name"], stage["state"]) for stage in story["stages"]]
               == [("Migrate", "rolled_back"), ("Deploy", "rolled_back"), ("rollback:Deploy", "done"),
                   ("rollback:Migrate", "done")], str(story["stages"]))
        expect(lines(diary) == ["do Migrate 1.2", "do Deploy 1.2", "undo Deploy 1.2",
                                "undo Migrate 1.2"], str(lines(diary)))
        again = server.client("carol").post(f"/api/v1/runs/{run}/rollback", {"reason": "once more"})
        expect(again.status == 409 and again.json["code"] == "run_finished", str(again))


def one_that_fails_half_way_waits_for_an_operator():
    with undoable(then="exit 3") as (server, _):
        run = released(server)
        server.client("carol").post(f"/api/v1/runs/{run}/rollback", {"reason": "it loses orders"})
        server.client("bob; roles=ops").post(f"/api/v1/runs/{run}/approve")
        story = is_at(server, run, "needs_attention")
        expect(story["incident"]["code"] == "rollback_failed", str(story["incident"]))
        server.client("carol").post(f"/api/v1/runs/{run}/resolve", {
            "resolution": "failed", "reason": "it stays half undone"})
        story = is_at(server, run, "failed")
        expect(story["state"] == "rollback_failed", story["state"])
        refused = server.client("carol").post(f"/api/v1/runs/{run}/retry", {"reason": "again"})
        expect(refused.status == 409, str(refused))


sys.exit(run_tests([
    the_last_stage_is_undone_first_over_a_restart,
    one_that_fails_half_way_waits_for_an_operator,
]))
