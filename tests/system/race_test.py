#!/usr/bin/env python3
"""race_test.py PROGRAM [ROUNDS]: 64 clients vote on the same gate at once.

The gate wants two of three people. However the votes fall: it is decided once, no vote that was
answered is lost, none counts twice, and the next stage is not touched by the same click.
"""

import sys
import threading
from collections import Counter

from gatewright import Failed, expect, in_threads, running

CLIENTS = 64
PEOPLE = ["ann", "ben", "cleo"]
WORKFLOW = """\
apiVersion: gatewright/v1
kind: Workflow
metadata: {name: race}
spec:
  initialState: requested
  stages:
    - name: First
      doneState: first_done
      gate: {rules: [{id: two, from: {user: [ann, ben, cleo]}, need: 2}]}
    - name: Second
      doneState: second_done
      gate: {rules: [{id: two, from: {user: [ann, ben, cleo]}, need: 2}]}
"""


class Round:
    def __init__(self, server):
        creator = server.client("requester")
        answer = creator.post("/api/v1/runs", {"workflow": "race", "name": "race"})
        expect(answer.status == 201, f"create: {answer}")
        creator.close()
        self.id, self.lock, self.answers = answer.json["id"], threading.Lock(), []

    def record(self, person, answer):
        with self.lock:
            self.answers.append((person, answer))

    def votes_by_state(self, client):
        """The double click: every client sends the same, naming the state it saw."""
        return client.post(f"/deployments/{self.id}/approve", {"expected_state": "requested"})

    def votes_by_version(self, client):
        """The careful client: reads, votes on exactly what it read, and reads again if it moved."""
        while True:
            seen = client.get(f"/deployments/{self.id}")
            if seen.json["state"] != "requested":
                return seen
            answer = client.post(f"/deployments/{self.id}/approve", None,
                                 {"If-Match": seen.headers["ETag"]})
            if answer.status != 412:
                return answer

    def check(self, server, is_by_state):
        for person, answer in self.answers:
            allowed = (200, 409) if is_by_state else (200, 403, 409)
            expect(answer.status in allowed, f"{person}: {answer}")
        client = server.client("requester")
        run = client.get(f"/deployments/{self.id}").json
        expect(run["state"] == "first_done", f"expected exactly the first stage done, found {run}")
        history = client.get(f"/api/v1/runs/{self.id}/history").json["items"]
        client.close()
        events = Counter(item["event"]["type"] for item in history)
        expect(events["GateSatisfied"] == 1, f"expected one decision, found {events}")
        voters = [item["actor"] for item in history if item["event"]["type"] == "VoteCast"]
        expect(len(voters) == len(set(voters)) == 2,
               f"expected the votes of two people, each once, found {voters}")
        changed = Counter(person for person, answer in self.answers
                          if answer.status == 200 and answer.json.get("changed"))
        expect(changed == Counter(voters),
               f"answered as counted: {dict(changed)}; in the log: {voters}")


def main():
    program = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    try:
        with running(program) as server:
            (server.workflows / "race.yaml").write_text(WORKFLOW)
            server.wait_for_line("workflow 'race' is now revision 1")
            clients = [server.client(PEOPLE[i % len(PEOPLE)]) for i in range(CLIENTS)]
            started = threading.Barrier(CLIENTS)
            all_rounds = [Round(server) for _ in range(rounds)]

            def take_part(index):
                client = clients[index]
                for number, one in enumerate(all_rounds):
                    vote = one.votes_by_state if number % 2 == 0 else one.votes_by_version
                    started.wait(120)
                    one.record(client.actor, vote(client))
                client.close()

            in_threads(CLIENTS, take_part)
            for number, one in enumerate(all_rounds):
                one.check(server, number % 2 == 0)
            expect(server.stop() == 0, "expected exit code 0")
            print(server.check_database())
    except Failed as problem:
        print(f"FAILED: {problem}")
        return 1
    print(f"{rounds} gates, {CLIENTS} clients each: {rounds} decisions, no vote lost or doubled")
    return 0


if __name__ == "__main__":
    sys.exit(main())
