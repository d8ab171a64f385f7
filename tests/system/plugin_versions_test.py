#!/usr/bin/env python3
"""plugin_versions_test.py PROGRAM BUILD: a plugin is replaced, broken, taken away and brought back
while the server runs, in processes of its own and in the server's. What had opened or begun stays on
its version; what opens or begins later is the new one's."""

import contextlib
import os
import pathlib
import shutil
import signal
import sys

from gatewright import expect, run_tests, running, until

PROGRAM = os.path.abspath(sys.argv[1])
BUILD = pathlib.Path(sys.argv[2]).resolve()
WORKFLOWS = """\
apiVersion: gatewright/v1
kind: Workflow
metadata: {name: asks}
spec:
  stages:
    - name: Ask
      doneState: asked
      gate: {rules: [{id: says, from: {plugin: test.says}}]}
---
apiVersion: gatewright/v1
kind: Workflow
metadata: {name: waits}
spec:
  stages:
    - name: Wait
      doneState: waited
      gate: none
      action: {plugin: test.waits, with: {file: "%(folder)s/${subject.file}"}, timeout: 5m}
"""


class Installed:
    """The server, and the one plugin that changes."""

    def __init__(self, server, plugins):
        self.server, self.plugins, self.client = server, plugins, server.client("dan")

    def install(self, version):
        put(self.plugins, version)

    def listed(self):
        return [(one["version"], one["state"]) for one in
                self.client.get("/api/v1/plugins").json["items"]
                if one["file"] == "versions.so"]

    def ask(self, run):
        """What whoever wants to vote is told."""
        return self.client.post(f"/api/v1/runs/{run}/approve").text

    def create(self, workflow="asks", **subject):
        made = self.client.post("/api/v1/runs",
                                {"workflow": workflow, "name": "x", "subject": subject})
        expect(made.status in (201, 202), str(made))
        return made.json["id"]


def put(plugins, version):
    temporary = plugins / ".new"
    shutil.copy(BUILD / "tests" / "plugins" / "versions" / f"{version}.so", temporary)
    temporary.rename(plugins / "versions.so")


@contextlib.contextmanager
def installed(grant):
    def prepare(server):
        plugins = server.folder / "plugins"
        shutil.copytree(BUILD / "plugins", plugins,
                        ignore=lambda _, names: [n for n in names if not n.endswith(".so")])
        put(plugins, "1")
        (server.folder / "server.yaml").write_text(
            f"plugins: {{grants: {{versions.so: {grant}}}}}\n")
        (server.workflows / "versions.yaml").write_text(WORKFLOWS % {"folder": server.folder})
        server.arguments += ["--plugins", str(plugins), "--plugins-trust", "anybody",
                             "--config", str(server.folder / "server.yaml")]

    with running(PROGRAM, prepare=prepare) as server:
        yield Installed(server, server.folder / "plugins")


def what_opened_stays_and_what_opens_is_new():
    for grant in ("files", "in-server"):
        with installed(grant) as it:
            old = it.create()
            expect("says version 1.0" in it.ask(old), it.ask(old))
            it.install("2")
            it.server.wait_for_line("version 2.0")
            new = it.create()
            expect("says version 2.0" in it.ask(new), it.ask(new))
            expect("says version 1.0" in it.ask(old), it.ask(old))
            expect(it.listed() == [("2.0", "current"), ("1.0", "replaced")], str(it.listed()))

            # After a restart there is only what lies in the folder.
            it.client.close()
            expect(it.server.stop() == 0, "expected exit code 0")
            it.server.start()
            it.client = it.server.client("dan")
            expect("says version 2.0" in it.ask(old), it.ask(old))


def an_attempt_ends_on_the_version_it_began_with():
    for grant in ("files", "in-server"):
        with installed(grant) as it:
            run = it.create("waits", file="first")
            path = f"/api/v1/runs/{run}/attempts"
            until(lambda: "waiting" in it.client.get(path + "/1/log").text, "it has begun")
            it.install("2")
            it.server.wait_for_line("version 2.0")
            for name in ("first", "second"):
                (it.server.folder / name).write_text("")
            until(lambda: "done by version 1.0" in it.client.get(path).text, "done by the old one")
            run = it.create("waits", file="second")
            path = f"/api/v1/runs/{run}/attempts"
            until(lambda: "done by version 2.0" in it.client.get(path).text, "done by the new one")


def what_is_broken_is_refused_and_the_old_one_stays():
    with installed("files") as it:
        (it.plugins / ".new").write_text("no library")
        (it.plugins / ".new").rename(it.plugins / "versions.so")
        it.server.wait_for_line("stays in force")
        run = it.create()
        expect("says version 1.0" in it.ask(run), it.ask(run))
        expect(it.listed() == [("1.0", "current"), (None, "refused")], str(it.listed()))
        expect(it.client.get("/health").json["status"] == "degraded", "nobody is told")


def what_was_taken_away_waits_for_its_return():
    # Without `files` the old version's process may open nothing; it is started from a copy.
    with installed("network") as it:
        old = it.create()
        (it.plugins / "versions.so").unlink()
        it.server.wait_for_line("its file was taken away")
        expect("says version 1.0" in it.ask(old), it.ask(old))
        waiting = it.create()
        expect("this waits until it is back" in it.ask(waiting), it.ask(waiting))
        expect(it.listed() == [("1.0", "removed")], str(it.listed()))
        it.install("2")
        it.server.wait_for_line("version 2.0")
        expect("says version 2.0" in it.ask(waiting), it.ask(waiting))
        expect("says version 1.0" in it.ask(old), it.ask(old))


def a_signal_reads_the_pins_again():
    with installed("files") as it:
        config = it.server.folder / "server.yaml"
        text = config.read_text()
        config.write_text(text.replace("plugins: {", "plugins: {pins: {versions.so: '%s'}, " %
                                       ("0" * 64)))

        def is_refused():
            # It may come before the server has begun to listen for it.
            it.server.process.send_signal(signal.SIGHUP)
            return any("expected SHA-256 " + "0" * 64 in line for line in list(it.server.lines))

        until(is_refused, "the pin is not that of the file")
        expect(it.listed() == [("1.0", "current"), (None, "refused")], str(it.listed()))


sys.exit(run_tests([
    what_opened_stays_and_what_opens_is_new,
    an_attempt_ends_on_the_version_it_began_with,
    what_is_broken_is_refused_and_the_old_one_stays,
    what_was_taken_away_waits_for_its_return,
    a_signal_reads_the_pins_again,
]))
