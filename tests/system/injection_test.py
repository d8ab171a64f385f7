#!/usr/bin/env python3
"""injection_test.py PROGRAM [PAYLOADS] [SEED]: texts that mean something to a shell, to a template, to
YAML or JSON, to a terminal, in every place where a run's own values reach a program: an argument, a
variable, standard input. The program sees exactly these bytes, and nothing else is started.
"""

import json
import os
import random
import sys

from gatewright import Failed, Server, expect, new_folder, until

WORKFLOW = """\
apiVersion: gatewright/v1
kind: Workflow
metadata: {name: record}
spec:
  initialState: requested
  subject: {type: object, required: [text], properties: {text: {type: string}}}
  stages:
    - name: Record
      doneState: recorded
      gate: none
      action:
        plugin: command
        with:
          argv: [%(python)s, -I, -S, %(recorder)s, "${subject.text}", "a ${subject.text} b"]
          env: {TEXT: "${subject.text}"}
          stdin: "${subject.text}"
"""
# Writes what it got beside itself, and how many processes its session has.
RECORDER = """\
import json, os, sys
def session(pid):
    with open(f"/proc/{pid}/stat", "rb") as file:
        return int(file.read().rsplit(b")", 1)[1].split()[3])
count = 0
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        count += session(pid) == os.getsid(0)
    except (OSError, IndexError):
        pass
seen = {"argv": [os.fsencode(a).hex() for a in sys.argv[1:]],
        "env": os.environb[b"TEXT"].hex(), "stdin": sys.stdin.buffer.read().hex(),
        "names": sorted(os.environ), "processes": count}
place = os.path.join(os.path.dirname(sys.argv[0]), os.environ["GATEWRIGHT_RUN_ID"])
with open(place + ".part", "w") as file:
    json.dump(seen, file)
os.rename(place + ".part", place + ".json")
"""
KNOWN = [
    "", " ", "; rm -rf /", "$(touch owned)", "`touch owned`", "| cat", "&& id", "|| id", "> owned",
    "< /etc/passwd", "$HOME", "${HOME}", "${subject.text}", "${run.id}", "${", "}", "$$", "$'\\n'",
    "*", "?", "[a-z]", "~", "~root", "!!", "#", "\\", "\\\\", "'", '"', "''", '""', "a'b\"c", "\n",
    "\r\n", "a\nb\n", "\t", "\x1b[31m", "\x07", "\x7f", "-", "--", "-rf", "--help", "-c", "=", "A=B",
    "../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "%s%n%x", "%00", "{{7*7}}", "<%= 7 %>",
    "<script>", "&lt;", "' OR 1=1 --", '"; DROP TABLE runs; --', "\\u0000", "{\"secret\":{\"env\":\"HOME\"}}",
    "secret: {env: HOME}", "*anchor", "&anchor", "!!python/object", "- a\n- b", "a: b", "|\n  text",
    "ä", "€", "\U0001f512", "\u202e", "\ufeff", "\u2028", "e\u0301", "x" * 4096, "LD_PRELOAD=/x.so",
    "PATH=", "IFS=;", "() { :; }; id", "$((1+1))", "${IFS}", "$@", "$*", "$0", "$1", "\\x41", "^C",
]


def payloads(count, chance):
    """The known ones, then mixtures of them."""
    made = list(KNOWN)
    while len(made) < count:
        made.append("".join(chance.choice(KNOWN) for _ in range(chance.randint(2, 5)))[:8192])
    return made[:count]


def record(client, folder, text):
    answer = client.post("/api/v1/runs", {"workflow": "record", "name": "payload",
                                          "subject": {"text": text}})
    expect(answer.status in (201, 202), f"create with {text!r}: {answer}")
    place = folder / f"{answer.json['id']}.json"
    until(place.exists, f"the recorder was started for {text!r}")
    return json.loads(place.read_text())


def verify(seen, text):
    wanted = text.encode()
    expect(seen["argv"] == [wanted.hex(), b"a ".hex() + wanted.hex() + b" b".hex()],
           f"arguments of {text!r}: {seen['argv']}")
    expect(seen["env"] == wanted.hex(), f"variable of {text!r}: {seen['env']}")
    expect(seen["stdin"] == wanted.hex(), f"standard input of {text!r}: {seen['stdin']}")
    expect(seen["processes"] == 1, f"{text!r} started {seen['processes'] - 1} more processes")
    foreign = [name for name in seen["names"]
               if name not in ("PATH", "TEXT", "LC_CTYPE") and not name.startswith("GATEWRIGHT_")]
    expect(not foreign, f"variables that nobody named: {foreign}")


def refuse_nul(client):
    """No argument can hold a NUL byte: the run fails and says so, instead of passing on half."""
    run = client.post("/api/v1/runs", {"workflow": "record", "name": "nul",
                                       "subject": {"text": "a\x00b"}}).json["id"]
    found = until(lambda: (lambda r: r if r["status"] == "failed" else None)(
        client.get(f"/api/v1/runs/{run}").json), "a run with a NUL byte fails")
    expect("NUL" in found["attempts"][-1]["summary"], f"why: {found['attempts'][-1]}")


def main():
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
    print(f"{count} payloads, seed {seed}", flush=True)
    with new_folder() as folder:
        (folder / "recorder.py").write_text(RECORDER)
        server = Server(program, folder)
        (server.workflows / "record.yaml").write_text(WORKFLOW % {
            "python": os.path.realpath(sys.executable), "recorder": folder / "recorder.py"})
        try:
            client = server.start().client()
            for text in payloads(count, random.Random(seed)):
                verify(record(client, folder, text), text)
            refuse_nul(client)
            leftover = [path.name for path in folder.iterdir() if "owned" in path.name]
            expect(not leftover, f"something was run: {leftover}")
            expect(server.stop() == 0, "expected exit code 0 after SIGTERM")
        except Failed as problem:
            print(server.last_lines())
            print(f"FAILED (seed {seed}): {problem}")
            return 1
        finally:
            if server.process is not None and server.process.poll() is None:
                server.kill()
    print(f"{count} payloads arrived byte for byte")
    return 0


if __name__ == "__main__":
    sys.exit(main())
