#!/usr/bin/env python3
"""install_test.py BUILD_FOLDER: installed anywhere and started from /, the program finds its own."""

import json
import os
import subprocess
import sys

from gatewright import PATIENCE, Server, expect, new_folder, run_tests

BUILD = sys.argv[1]


class Installed(Server):
    def command(self):  # nothing said about workflows and plugins
        return [self.program, "serve", "--port", "0", "--db", str(self.database)]


def an_installed_program_finds_its_own():
    with new_folder() as folder:
        prefix = folder / "prefix"
        subprocess.run(["cmake", "--install", BUILD, "--prefix", str(prefix), "--component",
                        "server"], check=True, capture_output=True, timeout=PATIENCE)
        program = prefix / "bin" / "gatewright"
        shown = json.loads(subprocess.run([str(program), "config", "show", "-o", "json"], cwd="/",
                                          capture_output=True, check=True, text=True).stdout)
        expect(shown["workflows.path"]["value"] == f"{prefix}/share/gatewright/config/workflows",
               shown)
        expect(shown["plugins.path"]["value"] == f"{prefix}/lib/gatewright/plugins", shown)
        server = Installed(program, folder, cwd="/")
        try:
            client = server.start().client()
            answer = client.post("/deployments", {"name": "installed"})
            expect(answer.status == 201, str(answer))
            for state in ("approved_by_QA", "approved_by_devops", "executed"):
                answer = client.post(f"/deployments/{answer.json['id']}/approve")
                expect(answer.json["state"] == state, str(answer))
            client.close()
            expect(server.stop() == 0, "expected exit code 0")
        finally:
            if server.process is not None and server.process.poll() is None:
                server.kill()


def the_sdk_installs_on_its_own():
    with new_folder() as folder:
        subprocess.run(["cmake", "--install", BUILD, "--prefix", str(folder), "--component", "sdk"],
                       check=True, capture_output=True, timeout=PATIENCE)
        expect((folder / "include" / "gatewright" / "plugin.h").is_file(), "no plugin.h")
        expect(not os.path.exists(folder / "bin"), "more than the SDK")


if __name__ == "__main__":
    sys.exit(run_tests([an_installed_program_finds_its_own, the_sdk_installs_on_its_own]))
