#!/usr/bin/env python3
"""docs_test.py PROGRAM: what the pages in docs/ show is so. Every workflow is linted, every script
and every case is played against the workflows of its page, every other piece of YAML is quoted from
a file that is checked; calls, codes and commands that a page names are there."""

import os
import re
import subprocess
import sys

from gatewright import PATIENCE, ROOT, expect, new_folder, run_tests

PROGRAM = os.path.abspath(sys.argv[1])
DOCS = ROOT / "docs"
DEPLOYMENT = ROOT / "config" / "workflows" / "deployment.yaml"
# A page for each capability; each shows a workflow, and cases that are played.
CAPABILITIES = ["votes", "subjects", "separation-of-duties", "auto-approval", "time", "locks",
                "delegation", "explain", "publishing", "simulate", "prove"]
# Their pieces are compiled and evaluated, with the answers the page gives.
CHECKED_ELSEWHERE = {"expressions.md": "tests/cel/docs_test.cpp",
                     "calendars.md": "tests/calendar/loader_test.cpp"}


class Page:
    """The YAML of a page, by what it is."""

    def __init__(self, path):
        self.name, self.text = path.stem, path.read_text()
        self.documents, self.scripts, self.pieces = {}, [], []
        for block in re.findall(r"^```yaml\n(.*?)^```", self.text, re.DOTALL | re.MULTILINE):
            if block.startswith("apiVersion:"):
                name = re.search(r"^metadata: \{name: ([\w-]+)", block, re.MULTILINE)[1]
                self.documents[name] = block
            elif re.search(r"^(cases|steps):", block, re.MULTILINE):
                self.scripts.append(block)
            else:
                self.pieces.append(block)


PAGES = [Page(path) for path in sorted(DOCS.glob("*.md")) if path.name not in CHECKED_ELSEWHERE]


def gatewright(*arguments, what):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("APPROVAL_")}
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, env=kept,
                          timeout=PATIENCE, cwd=DOCS)
    said = done.stdout + done.stderr
    expect(done.returncode == 0, f"{what}: exit code {done.returncode}: {said}")
    expect(not done.stderr, f"{what}: {done.stderr}")
    return done.stdout


def every_workflow_loads():
    for page in PAGES:
        with new_folder() as folder:
            for name, text in page.documents.items():
                (folder / f"{name}.yaml").write_text(text)
            if page.documents:
                gatewright("lint", folder, what=f"docs/{page.name}.md")


def every_script_plays():
    for page in PAGES:
        with new_folder() as folder:
            for name, text in page.documents.items():
                (folder / f"{name}.yaml").write_text(text)
            for number, text in enumerate(page.scripts, 1):
                file, what = folder / f"{number}_test.yaml", f"docs/{page.name}.md, script {number}"
                file.write_text(text)
                if re.search(r"^workflow:", text, re.MULTILINE):
                    gatewright("test", file, what=what)
                else:  # a script of `simulate`, which gets its workflow from the command line
                    gatewright("simulate", DEPLOYMENT, "--script", file, what=what)


def every_capability_shows_a_workflow_and_what_it_does():
    pages = {page.name: page for page in PAGES}
    for name in CAPABILITIES:
        expect(name in pages, f"there is no docs/{name}.md")
        page = pages[name]
        expect(page.scripts, f"docs/{name}.md shows no script")
        expect(page.documents or "workflow: ../config/" in page.scripts[-1],
               f"docs/{name}.md shows no workflow")


def the_counterexample_shown_is_the_one_found():
    page = next(page for page in PAGES if page.name == "prove")
    [(name, text)] = page.documents.items()
    with new_folder() as folder:
        file = folder / f"{name}.yaml"
        file.write_text(text)
        printed = gatewright("prove", file, what="docs/prove.md").replace(str(file), file.name)
        expect(unindented(page.scripts[0]) in unindented(printed),
               f"expected the script of docs/prove.md in: {printed}")
        file.write_text(text.replace("[requester]", "[requester, previous_voters]"))
        expect("found" not in gatewright("prove", file, what="docs/prove.md"), "it is still found")


def unindented(text):
    return "".join(line.strip() + "\n" for line in text.splitlines() if line.strip())


def every_piece_is_quoted_from_a_whole_file():
    examples = ROOT / "examples"
    whole = [unindented(path.read_text()) for path in examples.rglob("*.yaml")]
    for page in PAGES:
        for piece in page.pieces:
            found = any(unindented(piece) in text for text in whole)
            expect(found, f"docs/{page.name}.md: no file of examples holds:\n{piece}")


def every_call_is_in_the_description():
    operations, path = set(), None
    for line in (DOCS / "openapi.yaml").read_text().split("\ncomponents:")[0].splitlines():
        if match := re.fullmatch(r"  (/\S*):", line):
            path = match[1]
        elif match := re.fullmatch(r"    (get|post|patch|delete|put):", line):
            operations.add(f"{match[1].upper()} {path}")
    expect(len(operations) > 30, f"only {len(operations)} operations were read")
    for page in PAGES:
        for call in re.findall(r"`((?:GET|POST|PATCH|DELETE|PUT) /[^`? ]*)", page.text):
            expect(call in operations, f"docs/{page.name}.md: docs/openapi.yaml has no '{call}'")


def every_refusal_is_a_problem_of_the_server():
    source = (ROOT / "server" / "api" / "problems.cpp").read_text()
    problems = set(re.findall(r'\{"(\w+)", (\d+),', source))
    expect(len(problems) > 30, f"only {len(problems)} problems were read")
    for page in PAGES:
        for code in re.findall(r"`(\w+)` \((\d{3})\)", page.text):
            expect(code in problems, f"docs/{page.name}.md: the server has no {code}")


def every_command_is_there():
    known = set()
    for page in [DOCS / "command-line.md"]:  # which client_test.py holds against the program
        known |= set(re.findall(r"^### `gatewright ([a-z ]+)`", page.read_text(), re.MULTILINE))
    for page in PAGES:
        for words in re.findall(r"`gatewright ([a-z ]+)", page.text):
            expect(any(f"{words} ".startswith(f"{name} ") for name in known),
                   f"docs/{page.name}.md: there is no `gatewright {words}`")


def every_link_leads_somewhere():
    for path in [*DOCS.glob("*.md"), ROOT / "README.md"]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
            expect((path.parent / target).exists(), f"{path.name}: there is no {target}")


if __name__ == "__main__":
    sys.exit(run_tests([
        every_workflow_loads,
        every_script_plays,
        every_capability_shows_a_workflow_and_what_it_does,
        the_counterexample_shown_is_the_one_found,
        every_piece_is_quoted_from_a_whole_file,
        every_call_is_in_the_description,
        every_refusal_is_a_problem_of_the_server,
        every_command_is_there,
        every_link_leads_somewhere,
    ]))
