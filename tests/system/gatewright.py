"""What the system tests share: the real program in a folder of its own, and a small client.

Standard library only. The server takes any free port and says which in its log."""

import contextlib
import http.client
import json
import os
import pathlib
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds; only ends a test that has already failed


class Failed(Exception):
    pass


def expect(condition, text):
    if not condition:
        raise Failed(text)


def until(condition, text):
    """Waits for what must come true by itself."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise Failed(f"did not happen within {PATIENCE} s: {text}")


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.text = body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.text)

    def __str__(self):
        return f"{self.status} {self.text[:300]}"


class Client:
    """One connection at a time, kept alive. Not for several threads."""

    def __init__(self, port, actor=None):
        self.port, self.actor, self.connection = port, actor, None

    def request(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if self.actor:
            headers["X-Gatewright-Actor"] = self.actor
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, bytes) else body.encode()
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            self.connection.request(method, path, body=body, headers=headers)
            response = self.connection.getresponse()
            answer = Answer(response, response.read())
        except BaseException:
            self.close()
            raise
        if response.will_close:
            self.close()
        return answer

    def get(self, path, **headers):
        return self.request("GET", path, headers=headers)

    def post(self, path, body=None, headers=None):
        return self.request("POST", path, {} if body is None else body, headers)

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Server:
    """`gatewright serve` on a folder with its own database and its own copy of the workflows."""

    def __init__(self, program, folder, arguments=(), environment=None, cwd=None):
        self.program, self.folder = os.path.abspath(program), pathlib.Path(folder)
        self.workflows = self.folder / "workflows"
        self.database = self.folder / "runs.db"
        self.arguments = list(arguments)
        self.environment = environment or {}
        self.cwd = cwd or self.folder
        self.process, self.port, self.lines = None, None, []
        if not self.workflows.exists():
            shutil.copytree(ROOT / "config" / "workflows", self.workflows)

    def command(self):
        return [self.program, "serve", "--port", "0", "--db", str(self.database), "--workflows",
                str(self.workflows), *self.arguments]

    def clean_environment(self):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("APPROVAL_")}
        return {**kept, **self.environment}

    def start(self):
        self.process = subprocess.Popen(
            self.command(), cwd=self.cwd, env=self.clean_environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        ports = queue.Queue()
        process = self.process

        def read():
            for line in process.stdout:
                self.lines.append(line.rstrip("\n"))
                match = re.search(r"listening on .*?:(\d+),", line)
                if match:
                    ports.put(int(match[1]))
            ports.put(None)

        self.reader = threading.Thread(target=read, daemon=True)
        self.reader.start()
        self.port = ports.get(timeout=PATIENCE)
        expect(self.port, "the server did not start:\n" + self.last_lines())
        return self

    def client(self, actor=None):
        return Client(self.port, actor)

    def last_lines(self):
        """Of the log, without what the workflow's notifier says about every gate."""
        return "\n".join([line for line in self.lines if " plugin log: " not in line][-30:])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)

    def stop(self):
        """SIGTERM; returns the exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        return code

    def wait_for_line(self, text):
        return until(lambda: [line for line in list(self.lines) if text in line],
                     f"a line of the log with '{text}'")

    def check_database(self):
        done = subprocess.run([self.program, "db", "check", "--db", str(self.database)],
                              env=self.clean_environment(), capture_output=True, text=True,
                              timeout=PATIENCE * 5)
        expect(done.returncode == 0, f"db check: {done.stdout}{done.stderr}")
        return done.stdout.strip()


@contextlib.contextmanager
def new_folder():
    folder = tempfile.mkdtemp(prefix="gatewright-system-")
    try:
        yield pathlib.Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running(program, prepare=None, **options):
    """A started server in a folder of its own, ended whatever happens. `prepare(server)` is called
    before the start."""
    with new_folder() as folder:
        server = Server(program, folder, **options)
        if prepare:
            prepare(server)
        try:
            yield server.start()
        except BaseException:
            print(server.last_lines(), file=sys.stderr)
            raise
        finally:
            if server.process is not None and server.process.poll() is None:
                server.kill()


def in_threads(count, work):
    """Runs work(0) … work(count - 1) at once; raises the first thing that went wrong."""
    problems = []

    def guarded(index):
        try:
            work(index)
        except BaseException as problem:  # noqa: B902: handed to the caller below
            problems.append(problem)

    threads = [threading.Thread(target=guarded, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]


def run_tests(tests):
    """Runs functions as tests; the exit code says whether all passed."""
    failed = 0
    for test in tests:
        began = time.monotonic()
        try:
            test()
        except Failed as problem:
            failed += 1
            print(f"FAILED {test.__name__}: {problem}")
        else:
            print(f"ok     {test.__name__} ({time.monotonic() - began:.1f} s)")
    print(f"{len(tests) - failed} of {len(tests)} passed")
    return 1 if failed else 0
