#!/usr/bin/env python3
"""hammer_test.py PROGRAM HAMMER REQUESTS: clients of which most leave early, while other work keeps
every core busy. No answer may reach the wrong client, and nobody who waits may be left without."""

import multiprocessing
import subprocess
import sys

from gatewright import expect, run_tests, running

PROGRAM, HAMMER, REQUESTS = sys.argv[1], sys.argv[2], sys.argv[3]


def burn(stop):
    while not stop.is_set():
        sum(range(10_000))


def every_answer_goes_to_who_asked():
    stop = multiprocessing.Event()
    burners = [multiprocessing.Process(target=burn, args=(stop,))
               for _ in range(multiprocessing.cpu_count())]
    with running(PROGRAM) as server:
        answer = server.client().post("/deployments", {"name": "x"})
        expect(answer.status == 201, f"create: {answer}")
        for burner in burners:
            burner.start()
        try:
            hammer = subprocess.run(
                [HAMMER, "--url", f"http://127.0.0.1:{server.port}/deployments/1",
                 "--requests", REQUESTS, "--seconds", "300", "--limit-ms", "10000"],
                capture_output=True, text=True, timeout=600)
        finally:
            stop.set()
            for burner in burners:
                burner.join()
        print(hammer.stdout.strip())
        expect(hammer.returncode == 0, f"the hammer found: {hammer.stdout}{hammer.stderr}")


if __name__ == "__main__":
    sys.exit(run_tests([every_answer_goes_to_who_asked]))
