#!/usr/bin/env python3
"""feed_test.py PROGRAM CLIENTS GROWTH: many clients of the live feed over real connections, each of which leaves
at random, politely or not, and comes back where it was: no gap, no event twice, and memory that grows by GROWTH MB at most."""

import asyncio
import os
import random
import re
import resource
import sys

from gatewright import PATIENCE, expect, in_threads, run_tests, running

PROGRAM = os.path.abspath(sys.argv[1])
CLIENTS = int(sys.argv[2])
GROWTH = int(sys.argv[3])
ROUNDS = 5
RUNS = 80  # in each round
WRITERS = 4
ID = re.compile(rb"^id: (\d+)$", re.MULTILINE)


class Feed:
    def __init__(self, port, seed):
        self.port = port
        self.dice = random.Random(seed)
        self.cursor = 0
        self.visits = 0

    async def visit(self, end):
        """Reads some events, then leaves."""
        self.visits += 1
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: %d\r\n\r\n" % self.cursor)
        head = await reader.readuntil(b"\r\n\r\n")
        expect(head.startswith(b"HTTP/1.1 200 "), head.decode())
        text = b""
        leave_after = self.cursor + self.dice.randint(1, 25)
        is_first = True
        while self.cursor < min(leave_after, end):
            received = await asyncio.wait_for(reader.read(65536), PATIENCE)
            expect(received, "the stream ended")
            text += received
            whole, _, text = text.rpartition(b"\n\n")
            for number in map(int, ID.findall(whole)):
                if is_first:
                    expect(number == self.cursor, f"opened at {number}, asked for {self.cursor}")
                    is_first = False
                else:
                    expect(number == self.cursor + 1, f"{number} came after {self.cursor}")
                    self.cursor = number
                if self.cursor == leave_after:
                    break  # what has come besides is lost with the connection
        if self.dice.random() < 0.5:
            writer.transport.abort()
        else:
            writer.close()

    async def read_to(self, end):
        # What is written in this round is seen by a client that stays, and missed by one that left.
        while self.cursor < end:
            await self.visit(end)
            await asyncio.sleep(self.dice.random() * 0.2)


def memory(server):
    """Of the program, in MB."""
    with open(f"/proc/{server.process.pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1024


def write(server, count):
    def work(index):
        client = server.client(f"rita{index}")
        for number in range(index, count, WRITERS):
            created = client.post("/deployments", {"name": f"run {number}"})
            expect(created.status == 201, str(created))

    in_threads(WRITERS, work)


def nobody_misses_anything_or_sees_it_twice():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    async def everybody(server):
        feeds = [Feed(server.port, seed) for seed in range(CLIENTS)]
        sizes = []
        for round_ in range(1, ROUNDS + 1):
            writing = asyncio.to_thread(write, server, RUNS)
            await asyncio.gather(writing, *(feed.read_to(round_ * RUNS) for feed in feeds))
            sizes.append(memory(server))
        visits = sum(feed.visits for feed in feeds)
        print(f"       {CLIENTS} clients came {visits} times and read {CLIENTS * ROUNDS * RUNS} events; "
              f"the program took {', '.join(f'{size:.0f}' for size in sizes)} MB")
        # It is as large as it gets in the first round; the runs of the others take some.
        expect(sizes[-1] < sizes[0] + GROWTH, f"it grows: {sizes}")

    with running(PROGRAM) as server:
        asyncio.run(everybody(server))


sys.exit(run_tests([nobody_misses_anything_or_sees_it_twice]))
