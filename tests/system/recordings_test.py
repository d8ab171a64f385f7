#!/usr/bin/env python3
"""recordings_test.py PROGRAM BUILD: what a running server asks a plugin is asked again from its
recordings, of the same plugin and of another version; no secret is in them."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

from gatewright import PATIENCE, expect, run_tests, running, until

PROGRAM = os.path.abspath(sys.argv[1])
BUILD = pathlib.Path(sys.argv[2]).resolve()
SECRET = "only this test knows it"
WORKFLOW = """\
apiVersion: gatewright/v1
kind: Workflow
metadata: {name: recorded}
spec:
  stages:
    - name: Ask
      doneState: asked
      gate:
        rules:
          - {id: says, from: {plugin: test.says}}
          - {id: app, from: {role: app}}
        auto:
          - id: app
            plugin: http
            fills: [app]
            with:
              url: "http://127.0.0.1:9/nobody"
              format: github
              secret: {env: APP_SECRET}
              allowPrivate: true
"""


def prepare(server):
    plugins = server.folder / "plugins"
    shutil.copytree(BUILD / "plugins", plugins,
                    ignore=lambda _, names: [n for n in names if not n.endswith(".so")])
    shutil.copy(BUILD / "tests" / "plugins" / "versions" / "1.so", plugins / "versions.so")
    (server.workflows / "recorded.yaml").write_text(WORKFLOW)
    (server.folder / "server.yaml").write_text(
        f"plugins: {{record: versions.so http.so, recordings: {server.folder}/recordings}}\n")
    server.arguments += ["--plugins", str(plugins), "--plugins-trust", "anybody",
                         "--config", str(server.folder / "server.yaml")]


def ask_again(library, case):
    return subprocess.run([PROGRAM, "plugin", "run", str(library), "--case", str(case)],
                          capture_output=True, text=True, timeout=PATIENCE)


def what_production_asked_is_asked_again():
    with running(PROGRAM, prepare=prepare, environment={"APP_SECRET": SECRET}) as server:
        client = server.client("dan; roles=tester")
        made = client.post("/api/v1/runs", {"workflow": "recorded", "name": "x",
                                            "subject": {"version": "1.2.3"}})
        expect(made.status == 201, str(made))
        told = client.post(f"/api/v1/runs/{made.json['id']}/approve")
        expect("says version 1.0" in told.text, str(told))

        cases = sorted((server.folder / "recordings" / "versions.so").glob("*.json"))
        expect(cases, "nothing was recorded")
        asked = json.loads(cases[-1].read_text())
        expect(asked["offer"] == "test.says" and asked["question"]["principal"]["id"] == "dan",
               str(asked))
        expect(asked["question"]["subject"] == {"version": "1.2.3"}, str(asked))
        same = ask_again(server.folder / "plugins" / "versions.so", cases[-1])
        expect(same.returncode == 0, same.stdout + same.stderr)
        other = ask_again(BUILD / "tests" / "plugins" / "versions" / "2.so", cases[-1])
        expect(other.returncode == 1 and "says version 2.0" in other.stderr,
               other.stdout + other.stderr)

        folder = server.folder / "recordings" / "http.so"
        until(lambda: list(folder.glob("*.json")), "the policy is asked")
        text = "".join(path.read_text() for path in folder.glob("*.json"))
        expect("[secret]" in text and SECRET not in text, text)
        expect("callbacks/" not in text, "the callback's address is in: " + text)


def without_a_folder_it_does_not_start():
    def forget(server):
        (server.folder / "server.yaml").write_text("plugins: {record: versions.so}\n")
        server.arguments += ["--config", str(server.folder / "server.yaml")]

    try:
        with running(PROGRAM, prepare=forget) as server:
            expect(False, "it started on port " + str(server.port))
    except Exception as problem:  # noqa: B902: what it says is looked at
        expect("plugins.recordings" in str(problem), str(problem))


sys.exit(run_tests([
    what_production_asked_is_asked_again,
    without_a_folder_it_does_not_start,
]))
