#!/usr/bin/env python3
"""authors_test.py PROGRAM BUILD_FOLDER quick|all: what somebody does who writes a plugin: installs the
SDK, makes a project, builds it outside of the tree, runs its case, holds it to the contract."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from gatewright import PATIENCE, ROOT, expect, new_folder, run_tests

PROGRAM = os.path.abspath(sys.argv[1])
BUILD = pathlib.Path(sys.argv[2]).resolve()
EVERYTHING = sys.argv[3] == "all"
NEVER = ROOT / "tests" / "plugins" / "strangers" / "plain_c" / "never.c"
PLAIN_C = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def run(*command, code=0, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          timeout=10 * PATIENCE, **options)
    expect(done.returncode == code, f"{' '.join(map(str, command))}: expected exit code {code}, "
                                    f"found {done.returncode}: {done.stdout}{done.stderr}")
    return done


def install_sdk(folder):
    run("cmake", "--install", BUILD, "--component", "sdk", "--prefix", folder / "sdk")
    return folder / "sdk"


def compilers():
    """Every C compiler that is here, by name."""
    names = ["cc", "gcc-12", "clang", "clang-19"] if EVERYTHING else ["cc", "clang-19"]
    return [name for name in names if shutil.which(name)]


def make_and_try(folder, sdk, kind, language, *options):
    name = f"my-{kind}"
    project = folder / f"{name}-{language.replace('+', 'p')}-{len(options)}"
    run(PROGRAM, "plugin", "new", name, "--kind", kind, "--language", language, "--dir", project)
    run("cmake", "-G", "Ninja", "-S", project, "-B", project / "build", "-DCMAKE_BUILD_TYPE=Debug",
        f"-DCMAKE_PREFIX_PATH={sdk}", "-DCMAKE_COMPILE_WARNING_AS_ERROR=ON", *options)
    run("cmake", "--build", project / "build")
    library, case = project / "build" / f"{name}.so", project / "case.json"
    answer = json.loads(run(PROGRAM, "plugin", "run", library, "--case", case).stdout)
    expect(answer["answer"] == json.loads(case.read_text())["expect"]["answer"], answer)
    held = json.loads(run(PROGRAM, "plugin", "check", "--json", library).stdout)
    expect(held["ok"] and held["complete"], held)
    expect(f"com.example.{name}" in (project / "README.md").read_text(), "no README")
    for file in project.iterdir():
        expect(not file.is_file() or "@" not in file.read_text(), f"a hole in {file.name}")


def a_new_project_builds_and_holds_to_its_contract():
    with new_folder() as folder:
        sdk = install_sdk(folder)
        if not EVERYTHING:
            make_and_try(folder, sdk, "approver", "c++")
            make_and_try(folder, sdk, "executor", "c")
            return
        for kind in ("approver", "policy", "executor", "notifier"):
            for language in ("c++", "c"):
                make_and_try(folder, sdk, kind, language)
        for compiler in ("clang++", "clang++-19"):
            if shutil.which(compiler):
                shutil.rmtree(folder / "my-policy-cpp-1", ignore_errors=True)
                make_and_try(folder, sdk, "policy", "c++", f"-DCMAKE_CXX_COMPILER={compiler}")


def a_project_goes_where_nothing_is():
    with new_folder() as folder:
        run(PROGRAM, "plugin", "new", "on-call", cwd=folder)
        expect(sorted(file.name for file in (folder / "on-call").iterdir()) ==
               ["CMakeLists.txt", "README.md", "case.json", "on-call.cpp"], "other files")
        said = run(PROGRAM, "plugin", "new", "on-call", code=2, cwd=folder).stderr
        expect("to be a new or an empty folder" in said, said)
        said = run(PROGRAM, "plugin", "new", "On Call", code=2, cwd=folder).stderr
        expect("expected a name of a-z" in said, said)


def one_command_makes_a_plugin_in_plain_c():
    with new_folder() as folder:
        sdk = install_sdk(folder)
        environment = {**os.environ, "PKG_CONFIG_PATH": str(sdk / "share" / "pkgconfig")}
        flags = run("pkg-config", "--cflags", "--libs", "gatewright-sdk",
                    env=environment).stdout.split()
        for compiler in compilers():
            library = folder / f"never-{compiler}.so"
            run(compiler, *PLAIN_C, NEVER, *flags, "-o", library)
            run(PROGRAM, "plugin", "check", library)


def a_case_is_asked_compared_and_written():
    with new_folder() as folder:
        library = BUILD / "plugins" / "role.so"
        case = folder / "case.json"
        case.write_text(json.dumps({
            "offer": "role", "config": {"role": "qa"},
            "question": {"principal": {"id": "bob", "roles": ["qa"]}},
            "expect": {"answer": "not eligible"}}))
        done = run(PROGRAM, "plugin", "run", library, "--case", case, code=1)
        expect('answer: expected "not eligible", found "eligible"' in done.stderr, done.stderr)
        run(PROGRAM, "plugin", "run", library, "--case", case, "--write-case")
        written = json.loads(case.read_text())
        expect(written["expect"] == {"answer": "eligible", "reason": "holds role 'qa'"}, written)
        run(PROGRAM, "plugin", "run", library, "--case", case)

        mistakes = [({"offer": "rolle"}, "expected it to offer 'rolle', found approver role"),
                    ({"offer": "role", "config": {"rule": "qa"}}, "/config"),
                    ({"offer": "role", "questoin": {}}, "questoin"),
                    ({"offer": "role", "question": {"now": "today"}}, "/question/now")]
        for mistake, said in mistakes:
            case.write_text(json.dumps(mistake))
            done = run(PROGRAM, "plugin", "run", library, "--case", case, code=2)
            expect(said in done.stderr, f"expected '{said}' in: {done.stderr}")


def an_action_is_asked_as_well_with_what_it_writes():
    with new_folder() as folder:
        case = folder / "case.json"
        case.write_text(json.dumps({
            "offer": "command", "config": {"argv": ["/bin/echo", "hello"]},
            "question": {"attempt": {"id": "42-Deploy-1"}}, "expect": {"output": "hello\n"}}))
        library = BUILD / "plugins" / "command.so"
        done = run(PROGRAM, "plugin", "run", library, "--case", case, "--grant", "in-server")
        expect(json.loads(done.stdout)["answer"] == "succeeded", done.stdout)


def check_says_what_is_wrong_and_what_it_could_not_see():
    wrong = BUILD / "tests" / "plugins" / "bad" / "answers_twice.so"
    said = run(PROGRAM, "plugin", "check", wrong, code=1).stdout
    expect("found:    2 from check()" in said and "does not hold: one-answer" in said, said)
    expect(json.loads(run(PROGRAM, "plugin", "check", "--json", wrong, code=1).stdout)
           ["firstFailure"] == "one-answer", "another failure")
    with new_folder() as folder:
        config = folder / "config.json"
        config.write_text('{"url": "no address"}')
        library = BUILD / "plugins" / "http.so"
        said = run(PROGRAM, "plugin", "check", library, "--config", config, code=2).stdout
        expect("not checked    create" in said and "/url" in said, said)
        said = run(PROGRAM, "plugin", "check", library, "--offer", "htp", code=2).stderr
        expect("expected it to offer 'htp', found http" in said, said)
        run(PROGRAM, "plugin", "check", folder / "none.so", code=2)
        config.write_text("{")
        run(PROGRAM, "plugin", "check", library, "--config", config, code=2)


def the_examples_hold_to_their_contract_whatever_built_them():
    libraries = sorted((BUILD / "tests" / "strangers").glob("*/*.so"))
    expect(len(libraries) >= 3, f"found only {libraries}")
    for library in libraries:
        held = json.loads(run(PROGRAM, "plugin", "check", "--json", library).stdout)
        expect(held["ok"] and held["complete"], held)


def the_case_of_the_page_is_as_it_says():
    page = (ROOT / "docs" / "writing-a-plugin.md").read_text()
    case, = (block for block in re.findall(r"^```json\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
             if '"offer"' in block)
    with new_folder() as folder:
        (folder / "case.json").write_text(case)
        run(PROGRAM, "plugin", "run", BUILD / "tests" / "strangers" / "default" / "on-call.so",
            "--case", folder / "case.json")


def the_sdk_is_a_package():
    if not EVERYTHING:
        return
    with new_folder() as folder:
        run("cpack", "-G", "DEB", "-B", folder, "--config", BUILD / "CPackConfig.cmake",
            "-D", "CPACK_COMPONENTS_ALL=sdk;sdk_about")
        packages = list(folder.glob("gatewright-sdk_*_all.deb"))
        expect(len(packages) == 1, [file.name for file in folder.iterdir()])
        run("dpkg-deb", "-x", packages[0], folder / "root")
        sdk = folder / "root" / "usr"
        expect((sdk / "include" / "gatewright" / "plugin.h").is_file(), "no plugin.h")
        expect(not (sdk / "bin").exists() and not (sdk / "lib").exists(), "more than the SDK")
        make_and_try(folder, sdk, "notifier", "c")


if __name__ == "__main__":
    sys.exit(run_tests([
        a_project_goes_where_nothing_is,
        a_new_project_builds_and_holds_to_its_contract,
        one_command_makes_a_plugin_in_plain_c,
        a_case_is_asked_compared_and_written,
        an_action_is_asked_as_well_with_what_it_writes,
        check_says_what_is_wrong_and_what_it_could_not_see,
        the_examples_hold_to_their_contract_whatever_built_them,
        the_case_of_the_page_is_as_it_says,
        the_sdk_is_a_package,
    ]))
