#!/usr/bin/env python3
"""simulate_test.py PROGRAM: `gatewright simulate`, `test` and `policy test`, as a pipeline would
run them: what they print, and the exit code."""

import json
import os
import subprocess
import sys

from gatewright import PATIENCE, ROOT, expect, new_folder, run_tests, running, until

PROGRAM = os.path.abspath(sys.argv[1])
DEPLOYMENT = str(ROOT / "config" / "workflows" / "deployment.yaml")


def gatewright(*arguments, code=0, cwd=ROOT):
    variables = {k: v for k, v in os.environ.items() if not k.startswith("APPROVAL_")}
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True,
                          timeout=PATIENCE, env=variables, cwd=cwd)
    expect(done.returncode == code,
           f"{' '.join(map(str, arguments))}: expected exit code {code}, found {done.returncode}: "
           f"{done.stdout}{done.stderr}")
    return done


def write(folder, name, text):
    (folder / name).write_text(text)
    return folder / name


# ---- simulate ----


def simulate_walks_the_way_on_which_everybody_agrees():
    done = gatewright("simulate", DEPLOYMENT)
    expect(done.stdout.endswith("succeeded in state 'executed' at 2026-03-02T09:00:00.000Z\n"),
           done.stdout)
    told = json.loads(gatewright("simulate", DEPLOYMENT, "-o", "json").stdout)
    expect(told["ok"] and told["steps"][-1]["state"] == "executed", told)
    example = ROOT / "examples" / "workflows" / "deploy-with-command.yaml"
    wrong = gatewright("simulate", example, code=2)
    expect("/subject" in wrong.stdout and "version" in wrong.stdout, wrong.stdout)
    gatewright("simulate", example, "--subject", '{"version": "1.4.2", "environment": "staging"}')


def simulate_says_what_went_another_way():
    with new_folder() as folder:
        good = write(folder, "good.yaml", "people: {quinn: {roles: [qa]}}\nsteps:\n"
                     "  - create: {by: alice}\n  - vote: {by: quinn}\n    state: approved_by_QA\n")
        gatewright("simulate", DEPLOYMENT, "--script", good)
        other = write(folder, "other.yaml", "steps:\n  - create: {by: alice}\n"
                      "  - vote: {by: alice}\n    state: executed\n")
        done = gatewright("simulate", DEPLOYMENT, "--script", other, code=1)
        expect("NOT AS EXPECTED: the step in line 3: state: expected executed, found requested" in
               done.stdout, done.stdout)
        expect("self_approval" in done.stdout, done.stdout)
        told = json.loads(gatewright("simulate", DEPLOYMENT, "--script", other, "-o", "json",
                                     code=1).stdout)
        expect(not told["ok"], told)


def simulate_names_what_cannot_be_used():
    with new_folder() as folder:
        none = folder / "none.yaml"
        expect(str(none) in gatewright("simulate", none, code=2).stderr, "no name")
        expect(str(none) in gatewright("simulate", DEPLOYMENT, "--script", none, code=2).stderr,
               "no name")
        broken = write(folder, "broken.yaml", "apiVersion: gatewright/v1\nkind: Workflow\n"
                       "metadata: {nam: x}\n")
        expect(f"{broken}:3:12: " in gatewright("simulate", broken, code=2).stderr, "no place")
        typo = write(folder, "typo.yaml", "steps:\n  - creat: {by: alice}\n")
        expect("line 2: unknown key 'creat'" in
               gatewright("simulate", DEPLOYMENT, "--script", typo, code=2).stdout, "no place")
        several = write(folder, "several.yaml", "cases:\n  - {name: a, steps: []}\n"
                        "  - {name: b, steps: []}\n")
        expect("gatewright test" in
               gatewright("simulate", DEPLOYMENT, "--script", several, code=2).stderr, "no advice")
        wrong = gatewright("simulate", DEPLOYMENT, "--subject", "{", code=2)
        expect("/subject: invalid JSON" in wrong.stdout, wrong.stdout)
    gatewright("simulate", code=2)


# ---- test ----

CASES = """workflow: {path}
people: {{quinn: {{roles: [qa]}}}}
cases:
  - name: quinn agrees
    steps:
      - create: {{by: alice}}
      - vote: {{by: quinn}}
        state: approved_by_QA
  - name: alice agrees with herself
    steps:
      - create: {{by: alice}}
      - vote: {{by: alice}}
        {expected}
"""


def test_plays_every_case_below_a_folder():
    done = gatewright("test", "config/workflows")
    expect(done.stdout.endswith(" 0 failed; files: 1\n"), done.stdout)
    with new_folder() as folder:
        (folder / "deep").mkdir()
        refused = "refused: {code: self_approval}"
        write(folder, "a_test.yaml", CASES.format(path=DEPLOYMENT, expected=refused))
        deep = write(folder / "deep", "b_test.yaml",
                     CASES.format(path=DEPLOYMENT, expected="state: approved_by_QA"))
        write(folder, "no-cases.yaml", "steps: nonsense")
        done = gatewright("test", folder, code=1)
        expect("3 passed, 1 failed; files: 2" in done.stdout, done.stdout)
        expect(f"FAILED  {deep}: alice agrees with herself" in done.stdout, done.stdout)
        expect(f"{deep}:12: state: expected approved_by_QA, found requested" in done.stdout,
               done.stdout)
        gatewright("test", folder / "a_test.yaml")


def test_tells_a_file_that_cannot_be_used_from_a_case_that_fails():
    with new_folder() as folder:
        expect("nowhere" in gatewright("test", folder / "nowhere", code=2).stderr, "no name")
        expect("_test.yaml" in gatewright("test", folder, code=2).stderr, "does not help")
        mistakes = {
            "typo": ("workflow: W\nsteps:\n  - vot: {by: a}\n", "line 3: unknown key 'vot'"),
            "gone": ("workflow: gone.yaml\nsteps:\n  - create: {by: a}\n", "gone.yaml"),
            "yaml": ("a: [\n", "not YAML"),
        }
        for name, (text, said) in mistakes.items():
            file = write(folder, f"{name}_test.yaml", text.replace("W", DEPLOYMENT))
            done = gatewright("test", file, code=2)
            expect(said in done.stdout and str(file) in done.stdout, done.stdout)
        write(folder, "a_test.yaml", CASES.format(path=DEPLOYMENT, expected="status: waiting"))
        done = gatewright("test", folder, code=2)  # the others are played all the same
        expect("1 passed, 4 failed; files: 4" in done.stdout, done.stdout)
    gatewright("test", code=2)


# ---- policy test ----

CHANGE = """apiVersion: gatewright/v1
kind: Workflow
metadata: {{name: change}}
spec:
  override: {{from: {{role: boss}}}}
  stages:{first}
    - name: Review
      doneState: reviewed
      gate:
        rules: [{{id: reviewer, from: {{role: reviewer}}, need: {need}}}]
        auto: [{policies}]
        {more}
"""
SMALL = ("{{id: small, plugin: match, fills: [reviewer],"
         " with: {{schema: {{properties: {{lines: {{maximum: {most}}}}}}}}}}}")


ACTS_FIRST = """
    - name: Prepare
      doneState: prepared
      gate: none
      action: {plugin: noop}"""


def change(*policies, need=1, first=ACTS_FIRST, more=""):
    return CHANGE.format(policies=", ".join(policies), need=need, first=first, more=more)


class Past:
    """Runs of the workflow `change`, made by its API and then only in its database."""

    def __init__(self, server, workflow):
        self.server = server
        self.publish(workflow, 1)

    def publish(self, workflow, revision):
        (self.server.workflows / "change.yaml").write_text(workflow)

        def is_there():
            found = self.server.client().get("/api/v1/workflows/change")
            return found.status == 200 and found.json["revision"] == revision

        until(is_there, f"revision {revision}")

    def run(self, lines):
        alice = self.server.client("alice")
        body = {"workflow": "change", "name": f"{lines} lines", "subject": {"lines": lines}}
        made = alice.post("/api/v1/runs", body)
        expect(made.status == 201, made)
        return made.json["id"]

    def do(self, run, what, who, method="POST", **body):
        answer = self.server.client(who).request(method, f"/api/v1/runs/{run}/{what}", body)
        expect(answer.status == 200, answer)

    def wait_for(self, run, status):
        get = self.server.client("alice").get
        until(lambda: get(f"/api/v1/runs/{run}").json["status"] == status, f"run {run}: {status}")

    def wait_for_votes(self, run, count):
        get = self.server.client("alice").get

        def votes():
            gate = get(f"/api/v1/runs/{run}").json["stages"][-1]["gate"]
            return gate and len(gate["votes"]) >= count

        until(votes, f"run {run}: {count} votes")


def policy_test(server, workflow, *options, code=0):
    file = write(server.folder, "new.yaml", workflow)
    return gatewright("policy", "test", file, "--db", server.database, *options, code=code)


def policy_test_says_what_would_have_differed():
    old, new = SMALL.format(most=10), SMALL.format(most=50)
    with running(PROGRAM) as server:
        past = Past(server, change(old))
        small, medium, large, open_still = past.run(5), past.run(40), past.run(90), past.run(30)
        past.wait_for(small, "succeeded")
        for run in (medium, large, open_still):
            past.wait_for_votes(run, 1)
        past.do(medium, "approve", "rita; roles=reviewer")
        past.do(large, "reject", "rita; roles=reviewer")
        server.stop()
        same = policy_test(server, change(old)).stdout
        expect(same == "4 runs of 'change', 4 openings of gates\n"
                       "policy 'small': would have approved 1 of 4 (then: 1)\n"
                       "gates: 0 satisfied earlier, 0 satisfied that were not, "
                       "0 no longer satisfied\n", same)

        other = policy_test(server, change(new)).stdout
        for line in (f"run {medium}, gate Review: policy 'small': abstain → approve",
                     f"run {medium}, gate Review: would have been satisfied at once instead of",
                     f"run {open_still}, gate Review: would have been satisfied; it was not",
                     "policy 'small': would have approved 3 of 4 (then: 1)",
                     "1 satisfied earlier, 1 satisfied that were not, 0 no longer satisfied"):
            expect(line in other, f"expected '{line}' in: {other}")
        expect(f"run {large}" not in other, other)

        none = policy_test(server, change()).stdout
        expect(f"run {small}, gate Review: would not have been satisfied by the votes there were" in
               none, none)
        expect("0 satisfied that were not, 1 no longer satisfied" in none, none)

        newest = policy_test(server, change(new), "--last", "1").stdout
        expect(newest.startswith(f"run {open_still}, "), newest)
        expect("1 runs of 'change', 1 openings" in newest, newest)
        server.check_database()


def policy_test_finds_no_difference_where_there_is_none():
    """Overrides, time, a policy that waits and one that cannot be asked about the past."""
    waits = ("{id: later, plugin: expr, fills: [reviewer], with: {expression: "
             "'now < timestamp(\"2999-01-01T00:00:00Z\") ? wait(\"1h\", \"not yet\") : no_op()'}}")
    quiet = "{id: quiet, plugin: quiet-history, fills: [reviewer], with: {last: 1}}"
    looks = ("{id: looks, plugin: expr, fills: [reviewer], with: {expression: "
             "'size(facts.votes) > 5 ? approve(\"seen\") : no_op()'}}")
    deadline = "deadline: {after: 1s, onTimeout: approve, allowAutoTimeout: true}"
    with running(PROGRAM) as server:
        workflow = change(waits, quiet, looks)
        past = Past(server, workflow)
        overridden = past.run(1)
        past.wait_for_votes(overridden, 2)
        past.do(overridden, "override", "bo; roles=boss", kind="gate", reason="it burns")
        by_history = past.run(2)
        past.wait_for(by_history, "succeeded")
        past.publish(change(more=deadline), 2)
        by_time = past.run(3)
        past.wait_for(by_time, "succeeded")
        server.stop()
        said = policy_test(server, workflow).stdout
        expect(not said.startswith("run "), said)
        expect("0 satisfied earlier, 0 satisfied that were not, 0 no longer" in said, said)
        for policy in ("quiet", "looks"):
            expect(f"policy '{policy}' was not asked" in said, said)
        expect("gates that it does not have" not in said, said)


def policy_test_counts_votes_that_outlived_a_change():
    small = SMALL.format(most=10)
    keep = "votes: {onSubjectChange: {keepIf: 'true'}}"
    with running(PROGRAM) as server:
        past = Past(server, change(small, need=2, first="", more=keep))
        run = past.run(40)
        past.wait_for_votes(run, 1)
        past.do(run, "approve", "rita; roles=reviewer")
        past.do(run, "subject", "alice", method="PATCH", subject={"lines": 41})
        past.wait_for_votes(run, 2)
        past.do(run, "approve", "rob; roles=reviewer")
        server.stop()
        same = policy_test(server, change(small, need=2, first="")).stdout
        expect(same.startswith("1 runs of 'change', 2 openings of gates\n"), same)
        expect("0 satisfied earlier, 0 satisfied that were not, 0 no longer" in same, same)
        other = policy_test(server, change(small, need=3, first="")).stdout
        expect(f"run {run}, gate Review (opening 2): would not have been satisfied" in other, other)


def policy_test_names_what_cannot_be_used():
    with new_folder() as folder:
        file = write(folder, "new.yaml", change(SMALL.format(most=1)))
        none = gatewright("policy", "test", file, "--db", folder / "none.db", code=2)
        expect("none.db" in none.stderr, none.stderr)
        empty = folder / "empty.db"
        gatewright("db", "migrate", "--db", empty)
        nothing = gatewright("policy", "test", file, "--db", empty).stdout
        expect("0 runs of 'change'" in nothing, nothing)
        gatewright("policy", "test", folder / "none.yaml", "--db", empty, code=2)
        gatewright("policy", "test", file, "--db", empty, "--last", "none", code=2)
        gatewright("policy", "test", code=2)


if __name__ == "__main__":
    sys.exit(run_tests([
        simulate_walks_the_way_on_which_everybody_agrees,
        simulate_says_what_went_another_way,
        simulate_names_what_cannot_be_used,
        test_plays_every_case_below_a_folder,
        test_tells_a_file_that_cannot_be_used_from_a_case_that_fails,
        policy_test_says_what_would_have_differed,
        policy_test_finds_no_difference_where_there_is_none,
        policy_test_counts_votes_that_outlived_a_change,
        policy_test_names_what_cannot_be_used,
    ]))
