#!/usr/bin/env python3
"""cli_test.py PROGRAM: the subcommands and their exit codes, as a script would meet them."""

import json
import os
import subprocess
import sys

from gatewright import PATIENCE, ROOT, expect, new_folder, run_tests, running

PROGRAM = os.path.abspath(sys.argv[1])
DEPLOYMENT = str(ROOT / "config" / "workflows" / "deployment.yaml")


def gatewright(*arguments, environment=None, code=0, cwd=ROOT):
    variables = {k: v for k, v in os.environ.items() if not k.startswith("APPROVAL_")}
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=PATIENCE,
                          env={**variables, **(environment or {})}, cwd=cwd)
    expect(done.returncode == code,
           f"{' '.join(arguments)}: expected exit code {code}, found {done.returncode}: "
           f"{done.stdout}{done.stderr}")
    return done


def lint_says_good_bad_or_unreadable():
    gatewright("lint", DEPLOYMENT)
    with new_folder() as folder:
        broken = folder / "broken.yaml"
        broken.write_text("apiVersion: gatewright/v1\nkind: Workflow\nmetadata: {nam: x}\n")
        bad = gatewright("lint", str(broken), code=1)
        expect(f"{broken}:3:12: " in bad.stdout, bad.stdout)
        expect("Did you mean 'name'?" in bad.stdout, bad.stdout)
        found = json.loads(gatewright("lint", "-o", "json", str(broken), code=1).stdout)
        expect(not found["ok"] and found["diagnostics"][-1]["line"] == 3, found)
        gatewright("lint", str(folder / "none.yaml"), code=2)
    gatewright("lint", code=2)


def graph_draws_a_file_a_name_and_the_life_of_a_run():
    expect("approved_by_QA" in gatewright("graph", DEPLOYMENT).stdout, "no picture")
    expect("digraph" in gatewright("graph", "deployment", "--format", "dot").stdout, "no picture")
    expect("new" in gatewright("graph", "--lifecycle").stdout, "no picture")
    expect("deployment" in gatewright("graph", "deploiment", code=1).stderr, "does not help")
    gatewright("graph", code=2)
    gatewright("graph", DEPLOYMENT, "--format", "png", code=2)


def config_show_says_what_won_and_why():
    with new_folder() as folder:
        file = folder / "server.yaml"
        file.write_text("server: {port: 1, threads: 3}\nlog: {level: debug}\n")
        secret = "s" * 40
        shown = json.loads(gatewright(
            "config", "show", "-o", "json", "--config", str(file), "--log-level", "error",
            environment={"APPROVAL_PORT": "2", "APPROVAL_JWT_SECRET": secret}).stdout)
        expect(shown["server.port"] == {"value": "2", "origin": "environment",
                                        "place": "APPROVAL_PORT"}, shown["server.port"])
        expect(shown["server.threads"]["place"] == f"{file}:1:28", shown["server.threads"])
        expect(shown["log.level"]["origin"] == "flag", shown["log.level"])
        expect(shown["server.host"]["origin"] == "default", shown["server.host"])
        text = gatewright("config", "show", "--origin", environment={"APPROVAL_JWT_SECRET": secret})
        expect("token.secret = (secret)" in text.stdout and secret not in text.stdout, text.stdout)


def what_is_wrong_in_the_configuration_refuses_to_start_and_names_itself():
    cases = [
        ({"APPROVAL_PORT": "80a3"}, [], "APPROVAL_PORT: server.port: expected"),
        ({"APPROVAL_PROT": "1"}, [], "Did you mean 'APPROVAL_PORT'?"),
        ({"APPROVAL_AUTH": "token"}, [], "APPROVAL_JWT_SECRET"),
        ({"APPROVAL_AUTH": "oidc"}, [], "not available yet"),
        ({"APPROVAL_HOST": "0.0.0.0"}, [], "loopback"),
        ({"APPROVAL_JWT_SECRET": "<pending>"}, [], "APPROVAL_JWT_SECRET"),
        ({"APPROVAL_TOKEN_EXPIRE_MINUTES": "0"}, [], "APPROVAL_TOKEN_EXPIRE_MINUTES"),
        ({"APPROVAL_DB_URL": "mysql://x"}, [], "APPROVAL_DB_URL"),
        ({"ASSISTANTS_BASE": "ftp://x"}, [], "ASSISTANTS_BASE"),
        ({}, ["--port", "99999"], "--port: server.port: expected"),
        ({}, ["--config", "/nowhere.yaml"], "/nowhere.yaml"),
        ({}, ["--prot", "1"], "--prot"),
    ]
    for environment, arguments, said in cases:
        done = gatewright("serve", *arguments, environment=environment, code=2)
        expect(said in done.stderr, f"expected '{said}' in: {done.stderr}")


def plugins_are_listed():
    listed = gatewright("plugin", "list").stdout
    for offer in ("role", "user", "group", "match", "noop", "command", "log",
                  "webhook", "slack", "smtp"):
        expect(f" {offer} " in listed, f"no {offer} in: {listed}")
    expect(len(json.loads(gatewright("plugin", "list", "-o", "json").stdout)) >= 7, "too few")
    with new_folder() as folder:
        (folder / "junk.so").write_bytes(b"\x7fELF junk")
        broken = gatewright("plugin", "list", "--plugins", str(folder), code=1)
        expect("junk" in broken.stdout, broken.stdout)


def version_help_and_nonsense():
    expect(gatewright("version").stdout.startswith("gatewright "), "no version")
    json.loads(gatewright("version", "-o", "json").stdout)
    expect("serve" in gatewright("--help").stdout, "no help")
    gatewright(code=2)
    gatewright("srve", code=2)


def health_asks_a_running_server():
    with running(PROGRAM) as server:
        gatewright("health", "--port", str(server.port))
        port = str(server.port)
        server.stop()
        expect("no server" in gatewright("health", "--port", port, code=1).stderr, "no sentence")


def a_database_is_made_checked_and_not_confused_with_something_else():
    with new_folder() as folder:
        file = folder / "runs.db"
        expect("schema" in gatewright("db", "migrate", "--db", str(file)).stdout, "no schema")
        gatewright("db", "check", "--db", str(file))
        expect(gatewright("db", "migrate", "--plan", "--db", str(file)).stdout, "no plan")
        junk = folder / "junk.db"
        junk.write_bytes(b"this is not a database" * 100)
        expect(str(junk) in gatewright("db", "check", "--db", str(junk), code=2).stderr, "no name")
        gatewright("db", "check", "--db", str(folder / "none.db"), code=2)


if __name__ == "__main__":
    sys.exit(run_tests([
        lint_says_good_bad_or_unreadable,
        graph_draws_a_file_a_name_and_the_life_of_a_run,
        config_show_says_what_won_and_why,
        what_is_wrong_in_the_configuration_refuses_to_start_and_names_itself,
        plugins_are_listed,
        version_help_and_nonsense,
        health_asks_a_running_server,
        a_database_is_made_checked_and_not_confused_with_something_else,
    ]))
