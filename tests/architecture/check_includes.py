#!/usr/bin/env python3
"""Reads every #include of the tree and fails on an edge that the architecture does not have.

    check_includes.py ROOT         check the tree
    check_includes.py --self-test  show that each kind of mistake is found

Dependencies point down only, siblings never include each other, and every heavy library is included
by one folder. A file over 400 lines says why in its head: "// Long: …".
"""

import pathlib
import re
import sys
import tempfile

# Who may include which of our folders, besides itself. A longer path wins over a shorter one.
EDGES = {
    "engine/base": [],
    "engine/cel": ["engine/base"],
    "engine/core": ["engine/base"],
    "engine/access": ["engine/base", "engine/core"],
    "engine/proof": ["engine/base", "engine/core"],
    "engine/calendar": ["engine/base", "engine/core"],
    "engine/numbers": ["engine/base", "engine/core"],
    "engine/ports": ["engine/base", "engine/core"],
    "engine/codec": ["engine/base", "engine/cel", "engine/core", "engine/ports"],
    "engine/definition": ["engine/base", "engine/core", "engine/access", "engine/ports", "engine/codec",
                          "engine/calendar", "engine/cel"],
    "engine/runtime": ["engine/base", "engine/cel", "engine/core", "engine/ports", "engine/codec"],
    # Above both: it reads scripts, and gathers facts as the engine does.
    "engine/simulation": ["engine/base", "engine/core", "engine/ports", "engine/codec",
                          "engine/calendar", "engine/definition", "engine/runtime"],
    "engine/storage": ["engine/base", "engine/core", "engine/ports", "engine/codec"],
    "plugins/sdk": [],
    "plugins/host": ["engine/base", "engine/core", "engine/ports", "engine/codec", "plugins/sdk"],
    # The conformance kit stands where the host stands, and judges by its rules.
    "plugins/check": ["engine/base", "engine/core", "engine/ports", "engine/codec", "plugins/host",
                      "plugins/sdk"],
    "plugins/approvers": [],
    # Calls to the outside, for those plugins of ours that make any.
    "plugins/outbound": [],
    "plugins/policies": ["engine/base", "engine/cel", "engine/core", "engine/calendar",
                         "plugins/outbound"],
    "plugins/executors": ["engine/base", "plugins/outbound"],
    "plugins/notifiers": ["plugins/outbound"],
    "server/http": ["engine/base"],
    # Who is calling: passwords, tokens, sessions.
    "server/auth": ["engine/base", "engine/core", "engine/access", "engine/codec"],
    "server/api": ["engine/base", "engine/core", "engine/access", "engine/ports", "engine/codec", "engine/runtime",
                   "engine/numbers", "server/auth", "server/http"],
    # Not part of the program: turns the API's description from YAML into JSON while building.
    "server/api/docs-ui": ["engine/base", "engine/codec", "engine/definition"],
    "server/cli": ["engine/base", "engine/core", "engine/access", "engine/ports", "engine/codec", "engine/runtime",
                   "engine/calendar", "engine/definition", "engine/proof", "engine/simulation", "engine/storage",
                   "plugins/check", "plugins/host", "plugins/sdk", "server/auth"],
    "server": ["engine", "plugins/check", "plugins/host", "plugins/sdk", "server"],  # main.cpp
}
# The SDK is included by its public name.
SDK_USERS = {"plugins/sdk", "plugins/host", "plugins/check", "plugins/approvers", "plugins/policies",
             "plugins/executors", "plugins/notifiers", "plugins/outbound", "server/cli"}

# Libraries, and the only folders that include them.
LIBRARIES = [
    ("regex", []),  # overflows the stack on long input; RE2 does not
    ("yaml-cpp/", ["engine/definition"]),
    ("soci/", ["engine/storage"]),
    ("sqlite3.h", ["engine/storage"]),
    ("boost/dll/", ["plugins/host"]),
    ("boost/dll.hpp", ["plugins/host"]),
    ("pistache/", ["server/http"]),
    ("CLI/", ["server/cli"]),
    ("curl/", ["server/cli", "plugins/outbound"]),
    ("spdlog/", ["server/cli", "plugins/host"]),
    ("prometheus/", ["server/api"]),
    ("sodium.h", ["server/auth"]),
    ("re2/", ["engine/codec", "engine/cel"]),
    ("date/", ["engine/calendar"]),
]
# The core is pure: no I/O, no threads, no JSON.
FORBIDDEN_IN_CORE = ["boost/", "thread", "mutex", "atomic", "condition_variable", "fstream",
                     "iostream", "filesystem", "unistd.h", "ctime", "random"]

CODE = {".h", ".hpp", ".cpp", ".c"}
TREES = ["engine", "plugins", "server", "tests", "bench", "examples"]
FREE_TREES = {"tests", "bench", "examples"}  # may include any of our folders
SKIPPED = {"build", "node_modules", ".git"}
MAX_LINES = 400
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def source_files(root):
    for tree in TREES:
        for path in sorted((root / tree).rglob("*")):
            if path.suffix in CODE and path.is_file() and not SKIPPED & set(path.parts):
                yield path


def folder_of(relative, known=EDGES):
    """The longest known folder that the path lies in."""
    parts = relative.split("/")
    for length in range(len(parts), 0, -1):
        if "/".join(parts[:length]) in known:
            return "/".join(parts[:length])
    return None


def is_within(folder, allowed):
    return any(folder == one or folder.startswith(one + "/") for one in allowed)


def problem_with(relative, style, included):
    """What is wrong with this include, or None."""
    folder = folder_of(relative)
    for library, owners in LIBRARIES:
        is_it = included == library or (library.endswith("/") and included.startswith(library))
        is_ours = relative.split("/")[0] not in FREE_TREES
        if is_it and (is_ours or not owners) and not is_within(relative, owners):
            only = " and ".join(owners) if owners else "nobody"
            return f"<{included}> is included by {only}"
    if relative.split("/")[0] in FREE_TREES:
        return None
    if folder is None:
        return "this folder is not in the architecture; add it to EDGES"
    if folder == "engine/core" and style == "<":
        for name in FORBIDDEN_IN_CORE:
            if included == name or (name.endswith("/") and included.startswith(name)):
                return f"the core is pure and does not include <{included}>"
    if included.startswith("gatewright/"):
        return None if folder in SDK_USERS else f"{folder} does not include the SDK"
    if style == "<" or included.split("/")[0] not in ("engine", "plugins", "server"):
        return None
    target = folder_of(included)
    if target is None:
        return f"'{included}' is in no folder of the architecture"
    if target == folder or is_within(target, EDGES[folder]):
        return None
    allowed = ", ".join(EDGES[folder]) or "nothing of ours"
    return f"{folder} must not include {target} (it may include: {allowed})"


def check(root):
    problems, files = [], 0
    for path in source_files(root):
        files += 1
        relative = path.relative_to(root).as_posix()
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            match = INCLUDE.match(line)
            problem = match and problem_with(relative, match[1], match[2])
            if problem:
                problems.append(f"{relative}:{number}: {problem}")
        if len(lines) > MAX_LINES and not any("// Long: " in line for line in lines[:12]):
            problems.append(f"{relative}: {len(lines)} lines; split it, or say in its head why it "
                            f"is longer than {MAX_LINES}: // Long: …")
    for number, names in sorted(adr_numbers(root).items()):
        if len(names) > 1:
            problems.append(f"docs/adr: number {number} is used twice: {', '.join(names)}")
    return problems, files


def adr_numbers(root):
    numbers = {}
    for path in sorted((root / "docs" / "adr").glob("*.md")):
        match = re.match(r"\d+", path.name)
        if match:
            numbers.setdefault(match[0], []).append(path.name)
    return numbers


def self_test():
    wrong = {
        "engine/core/a.cpp": '#include "engine/storage/sqlite_store.h"',
        "engine/core/b.cpp": "#include <thread>",
        "engine/runtime/a.cpp": '#include "engine/storage/sqlite_store.h"',
        "engine/runtime/b.cpp": "#include <regex>",
        "engine/storage/a.cpp": "#include <yaml-cpp/yaml.h>",
        "server/http/a.cpp": "#  include <soci/soci.h>",
        "server/api/a.cpp": "#include <boost/dll/shared_library.hpp>",
        "server/api/b.cpp": '#include "server/cli/commands.h"',
        "engine/definition/a.cpp": "#include <pistache/http.h>",
        "engine/runtime/c.cpp": "#include <date/tz.h>",
        "plugins/approvers/a.cpp": '#include "engine/base/result.h"',
        "server/http/b.cpp": '#include "gatewright/plugin.h"',
        "tests/a.cpp": "#include <regex>",
        "engine/new/a.cpp": '#include "engine/base/result.h"',
        "engine/base/long.h": "\n" * 500,
    }
    right = {
        "engine/core/c.cpp": '#include "engine/base/result.h"\n#include <vector>',
        "engine/storage/c.cpp": "#include <soci/soci.h>",
        "server/main.cpp": '#include "server/api/api.h"\n#include "engine/storage/sqlite_store.h"',
        "tests/c.cpp": '#include "engine/storage/sqlite_store.h"\n#include <soci/soci.h>',
        "engine/base/long.cpp": "// Long: one table.\n" + "\n" * 500,
    }
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for relative, text in {**wrong, **right}.items():
            path = root / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text + "\n")
        problems, _ = check(root)
    found = {problem.split(":")[0] for problem in problems}
    missed, invented = set(wrong) - found, found - set(wrong)
    for relative in sorted(missed):
        print(f"not found: {relative}")
    for relative in sorted(invented):
        print(f"found though it is right: {relative}")
    print(f"self-test: {len(found & set(wrong))} of {len(wrong)} mistakes found")
    return 1 if missed or invented else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    problems, files = check(pathlib.Path(sys.argv[1]).resolve())
    for problem in problems:
        print(problem)
    print(f"{files} files, {len(problems)} problems")
    return 1 if problems or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
