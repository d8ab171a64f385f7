#!/usr/bin/env python3
"""websocket_test.py PROGRAM [CLIENTS]: the live feed through WebSockets, read by somebody else's client: whole,
in order, once, over reconnects and restarts; and what is refused."""

import asyncio
import http.client
import json
import os
import random
import sys

import websockets

from gatewright import expect, run_tests, running

PROGRAM = os.path.abspath(sys.argv[1])
CLIENTS = int(sys.argv[2]) if len(sys.argv) > 2 else 40
RUNS = 150


def url(server, query=""):
    return f"ws://127.0.0.1:{server.port}/api/v1/ws{query}"


def create(server, count):
    client = server.client("rita")
    for number in range(count):
        created = client.post("/deployments", {"name": f"run {number}"})
        expect(created.status == 201, str(created))


async def read(server, since, until):
    """Events after `since`, up to the position `until`."""
    seen = []
    async with websockets.connect(url(server, f"?since={since}")) as socket:
        opening = json.loads(await socket.recv())
        expect(opening["event"] == "open" and opening["id"] == since, str(opening))
        while not seen or seen[-1] < until:
            seen.append(json.loads(await asyncio.wait_for(socket.recv(), 20))["id"])
    return seen


def the_feed_is_whole_and_in_order():
    with running(PROGRAM) as server:
        create(server, 3)
        [first, *_] = asyncio.run(read(server, 0, 3))
        expect(first == 1, str(first))

        async def follow():
            async with websockets.connect(url(server)) as socket:
                opening = json.loads(await socket.recv())
                await asyncio.to_thread(create, server, 1)
                event = json.loads(await asyncio.wait_for(socket.recv(), 20))
                expect(event["id"] == opening["id"] + 1, f"{opening} {event}")
                expect(event["event"] == "run.created", event["event"])
                expect(event["data"]["position"] == event["id"], str(event))
                pong = await socket.ping()
                await asyncio.wait_for(pong, 20)

        asyncio.run(follow())


def who_reconnects_at_random_misses_nothing_and_sees_nothing_twice():
    async def client(server, dice):
        seen, cursor = [], 0
        while len(seen) < RUNS:
            # A full queue would keep the client from reading the answer to its close.
            async with websockets.connect(url(server, f"?since={cursor}"), max_queue=None) as socket:
                await socket.recv()
                for _ in range(dice.randint(1, 30)):
                    if len(seen) == RUNS:
                        break
                    cursor = json.loads(await asyncio.wait_for(socket.recv(), 30))["id"]
                    seen.append(cursor)
        return seen

    async def everybody(server):
        clients = [client(server, random.Random(seed)) for seed in range(CLIENTS)]
        writing = asyncio.to_thread(create, server, RUNS)
        *all_seen, _ = await asyncio.gather(*clients, writing)
        for seen in all_seen:
            expect(seen == list(range(1, RUNS + 1)), f"gaps or doubles: {seen}")

    with running(PROGRAM) as server:
        asyncio.run(everybody(server))


def a_server_that_stops_says_so():
    async def wait_for_the_end(server):
        async with websockets.connect(url(server)) as socket:
            await socket.recv()
            stopping = asyncio.create_task(asyncio.to_thread(server.stop))
            try:
                await asyncio.wait_for(socket.recv(), 20)
                expect(False, "an event came instead of the end")
            except websockets.ConnectionClosed as closed:
                expect(closed.rcvd is not None and closed.rcvd.code == 1001, str(closed))
            expect(await stopping == 0, "expected exit code 0")

    with running(PROGRAM) as server:
        asyncio.run(wait_for_the_end(server))
        server.start()


def a_client_has_nothing_to_say():
    async def talk(server):
        async with websockets.connect(url(server)) as socket:
            await socket.recv()
            await socket.send("approve everything")
            try:
                await asyncio.wait_for(socket.recv(), 20)
                expect(False, "it was answered")
            except websockets.ConnectionClosed as closed:
                expect(closed.rcvd.code == 1008, str(closed))

    with running(PROGRAM) as server:
        asyncio.run(talk(server))


def pages_of_others_are_refused():
    async def open_from(server, origin):
        try:
            async with websockets.connect(url(server), origin=origin):
                return 101
        except websockets.InvalidStatusCode as refused:
            return refused.status_code

    def post(server, origin):
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("POST", "/deployments/1/approve", headers={"Origin": origin})
        return connection.getresponse().status

    with running(PROGRAM) as server:
        create(server, 1)
        ours = f"http://127.0.0.1:{server.port}"
        for origin in ("https://evil.example", "null", f"{ours}.evil.example", "http://127.0.0.1:1"):
            expect(asyncio.run(open_from(server, origin)) == 403, f"a socket from {origin}")
            expect(post(server, origin) == 403, f"an approval from {origin}")
        expect(asyncio.run(open_from(server, ours)) == 101, "our own page's socket")
        expect(post(server, ours) == 200, "our own page's approval")
        answer = server.client().get("/api/v1/ws")
        expect(answer.status == 426 and answer.json["code"] == "upgrade_required", str(answer))


sys.exit(run_tests([
    the_feed_is_whole_and_in_order,
    who_reconnects_at_random_misses_nothing_and_sees_nothing_twice,
    a_server_that_stops_says_so,
    a_client_has_nothing_to_say,
    pages_of_others_are_refused,
]))
