#!/usr/bin/env python3
"""auth_test.py PROGRAM: authentication is on, and everybody does what they may and nothing else."""

import json
import subprocess
import sys

from gatewright import PATIENCE, Client, expect, in_threads, new_folder, run_tests, running

PROGRAM = sys.argv[1]
SECRET = "canary-secret-0123456789abcdef0123456789"
PASSWORD = "canary correct horse battery"
HASH = subprocess.run([PROGRAM, "user", "hash"], input=PASSWORD + "\n", capture_output=True,
                      text=True, check=True, timeout=PATIENCE).stdout.strip()

PEOPLE = {"rita": ["requester"], "alice": ["qa"], "quinn": ["qa"], "dora": ["devops"],
          "dave": ["devops"], "both": ["qa", "devops"], "root": ["admin"], "olga": ["operator"]}
DIRECTORY = """apiVersion: gatewright/v1
kind: Directory
metadata: {name: people}
spec:
  users:
%s
    - {id: robot, kind: service, roles: [qa, devops, requester]}
    - {id: gone, roles: [qa], password: '%s', disabled: true}
  roles:
    - {name: everybody, allow: [{verbs: [view]}]}
    - {name: requester, allow: [{verbs: [request, cancel]}]}
    - {name: qa, allow: [{verbs: [vote], stages: [QA]}]}
    - {name: devops, allow: [{verbs: [vote], stages: [DevOps, Execute]}]}
    - {name: operator, allow: [{verbs: [operate, execute]}]}
    - name: admin
      allow: [{verbs: [admin, publish, audit]}]
      deny: [{verbs: [vote]}]
"""


def prepare(server):
    users = "\n".join(f"    - {{id: {name}, roles: {json.dumps(roles)}, password: '{HASH}'}}"
                      for name, roles in PEOPLE.items())
    (server.folder / "directory.yaml").write_text(DIRECTORY % (users, HASH))


def served():
    folder_arguments = ["--auth", "token", "--directory", "directory.yaml"]
    return running(PROGRAM, prepare, arguments=folder_arguments,
                   environment={"APPROVAL_JWT_SECRET": SECRET})


class Caller(Client):
    """Somebody who has logged in."""

    def __init__(self, port, token=None):
        super().__init__(port)
        self.token = token

    def request(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return super().request(method, path, body, headers)


def log_in(server, name, password=PASSWORD):
    return Client(server.port).post("/api/v1/auth/token", {"username": name, "password": password})


def caller(server, name):
    answer = log_in(server, name)
    expect(answer.status == 200, f"{name}: {answer}")
    return Caller(server.port, answer.json["access_token"])


def approve(who, run, state):
    return who.post(f"/deployments/{run}/approve", {"expected_state": state})


def expect_problem(answer, status, code):
    expect(answer.status == status and answer.json["code"] == code,
           f"expected {status} {code}, found {answer}")


def the_seeds_flow_with_everybody_being_somebody():
    with served() as server:
        rita, alice, dora, dave, both = (caller(server, name)
                                         for name in ("rita", "alice", "dora", "dave", "both"))
        made = rita.post("/deployments", {"name": "Deploy Feature X"})
        expect(made.status == 201, str(made))
        run = made.json["id"]
        expect(rita.get(f"/api/v1/runs/{run}").json["requester"] == "rita", "another requester")
        # Whoever asked for it has no vote, whatever their roles.
        expect_problem(approve(rita, run, "requested"), 403, "not_allowed")
        # DevOps is not asked yet, and QA cannot do DevOps's step.
        expect_problem(approve(dora, run, "requested"), 403, "not_allowed")
        expect_problem(alice.post(f"/deployments/{run}/approve"), 428, "precondition_needed")
        expect(approve(alice, run, "requested").json["state"] == "approved_by_QA", "QA")
        expect_problem(approve(alice, run, "approved_by_QA"), 403, "not_allowed")
        expect(approve(dora, run, "approved_by_QA").json["state"] == "approved_by_devops", "Ops")
        expect(approve(dave, run, "approved_by_devops").json["state"] == "executed", "Execute")

        # Who holds both roles and asks cannot approve their own request either.
        prepared = caller(server, "rita").post("/deployments", {"name": "Y"}).json["id"]
        expect(approve(both, prepared, "requested").status == 200, "both is of QA")
        stale = approve(both, prepared, "requested")
        expect(stale.status in (409, 412), f"a second click passed: {stale}")


def an_administrator_is_no_approver_and_a_service_is_no_person():
    with served() as server:
        rita, root = caller(server, "rita"), caller(server, "root")
        run = rita.post("/deployments", {"name": "x"}).json["id"]
        expect_problem(approve(root, run, "requested"), 403, "not_allowed")
        made = root.post("/api/v1/tokens", {"name": "ci", "owner": "robot"})
        expect(made.status == 201, str(made))
        robot = Caller(server.port, made.json["token"])
        me = robot.get("/api/v1/auth/me").json
        expect(me["id"] == "robot" and me["kind"] == "service", str(me))
        human = (server.workflows / "human.yaml")
        human.write_text((server.workflows / "deployment.yaml").read_text()
                         .replace("name: deployment ", "name: human ")
                         .replace("rules:                           #",
                                  "humanRequired: true\n        rules:  #"))
        server.wait_for_line("workflow 'human' is now revision 1")
        asked = rita.post("/api/v1/runs", {"workflow": "human", "name": "x"}).json["id"]
        voted = robot.post(f"/api/v1/runs/{asked}/approve", {"expected_state": "requested"})
        state = rita.get(f"/api/v1/runs/{asked}").json["state"]
        expect(state == "requested", f"a machine was taken for a person: {voted}")
        expect_problem(caller(server, "dora").post("/api/v1/tokens", {"name": "x",
                                                                       "owner": "robot"}),
                       403, "not_allowed")


def a_logout_ends_it_everywhere():
    with served() as server:
        first = log_in(server, "alice").json
        alice = Caller(server.port, first["access_token"])
        expect(alice.get("/api/v1/auth/me").json["id"] == "alice", "not alice")
        refreshed = Client(server.port).post("/api/v1/auth/refresh",
                                             {"refresh_token": first["refresh_token"]})
        expect(refreshed.status == 200, str(refreshed))
        newer = Caller(server.port, refreshed.json["access_token"])
        expect(newer.post("/api/v1/auth/logout").status == 204, "logout")
        for who in (alice, newer):
            again = who.get("/api/v1/auth/me")
            expect_problem(again, 401, "invalid_token")
            expect('error="invalid_token"' in again.headers["WWW-Authenticate"], "no challenge")
        expect_problem(Client(server.port).post(
            "/api/v1/auth/refresh", {"refresh_token": refreshed.json["refresh_token"]}),
            401, "invalid_token")


def a_refresh_token_that_is_used_twice_ends_the_session():
    with served() as server:
        first = log_in(server, "alice").json

        def refresh():
            return Client(server.port).post("/api/v1/auth/refresh",
                                            {"refresh_token": first["refresh_token"]})
        fresh = refresh()
        expect(fresh.status == 200, str(fresh))
        expect_problem(refresh(), 401, "invalid_token")
        stolen = Caller(server.port, fresh.json["access_token"]).get("/api/v1/auth/me")
        expect_problem(stolen, 401, "invalid_token")


def a_cookie_is_for_pages_of_this_origin():
    with served() as server:
        rita = caller(server, "rita")
        run = rita.post("/deployments", {"name": "x"}).json["id"]
        answer = Client(server.port).post(
            "/api/v1/auth/token", {"username": "alice", "password": PASSWORD, "cookie": True})
        expect(answer.status == 204, str(answer))
        cookie = answer.headers["Set-Cookie"]
        for part in ("HttpOnly", "SameSite=Lax", "Path=/"):
            expect(part in cookie, cookie)
        browser = {"Cookie": cookie.split(";")[0]}
        page = Client(server.port)
        expect(page.request("GET", "/api/v1/auth/me", headers=browser).json["method"] == "cookie",
               "not by cookie")
        body = {"expected_state": "requested"}
        path = f"/deployments/{run}/approve"
        expect(page.request("POST", path, body, browser).status == 401, "a script with a cookie")
        foreign = {**browser, "Origin": "https://evil.example"}
        expect_problem(page.request("POST", path, body, foreign), 403, "cross_origin")
        own = {**browser, "Origin": f"http://127.0.0.1:{server.port}"}
        voted = page.request("POST", path, body, own)
        expect(voted.status == 200 and voted.json["state"] == "approved_by_QA", str(voted))


def wrong_passwords_are_counted_and_told_from_nothing():
    with served() as server:
        known = log_in(server, "alice", "wrong password of some length")
        unknown = log_in(server, "nobody", "wrong password of some length")
        for answer in (known, unknown, log_in(server, "gone")):
            expect_problem(answer, 401, "invalid_credentials")
            expect(answer.json["detail"] == known.json["detail"], "who there is can be found out")
        for _ in range(4):
            log_in(server, "alice", "wrong password of some length")
        limited = log_in(server, "alice")
        expect_problem(limited, 429, "quota_exceeded")
        expect(int(limited.headers["Retry-After"]) > 0 and "RateLimit" in limited.headers,
               str(limited.headers))
        expect(log_in(server, "quinn").status == 200, "somebody else has to wait, too")


def who_says_nothing_or_nonsense_gets_401_and_no_data():
    with served() as server:
        run = caller(server, "rita").post("/deployments", {"name": "hidden-name"}).json["id"]
        nobody = Client(server.port)
        for path in ("/deployments", f"/deployments/{run}", "/api/v1/runs", "/api/v1/events",
                     "/api/v1/workflows", "/api/v1/inbox", "/api/v1/plugins", "/api/v1/deliveries",
                     "/api/v1/numbers", f"/api/v1/runs/{run}/history", "/api/v1/auth/me"):
            answer = nobody.get(path)
            expect(answer.status == 401 and "hidden-name" not in answer.text, f"{path}: {answer}")
            expect("WWW-Authenticate" in answer.headers, f"{path} does not say how")
        expect(nobody.get("/livez").status == 200, "the service manager asks without a token")
        actor = nobody.get("/deployments", **{"X-Gatewright-Actor": "alice; roles=qa"})
        expect_problem(actor, 400, "invalid_actor")
        for token in ("x", "a.b.c", "gw_0123456789abcdef_" + "0" * 48, "e" * 70000):
            answer = Caller(server.port, token).get("/deployments")
            expect(answer.status in (401, 431), f"{token[:20]}: {answer}")


def a_personal_token_is_limited_and_revoked():
    with served() as server:
        alice = caller(server, "alice")
        made = alice.post("/api/v1/tokens", {"name": "ci", "verbs": ["view"]})
        expect(made.status == 201, str(made))
        run = caller(server, "rita").post("/deployments", {"name": "x"}).json["id"]
        program = Caller(server.port, made.json["token"])
        expect(program.get(f"/deployments/{run}").status == 200, "it may view")
        expect_problem(approve(program, run, "requested"), 403, "not_allowed")
        expect_problem(program.post("/api/v1/tokens", {"name": "more"}), 403, "not_allowed")
        listed = alice.get("/api/v1/tokens").json["items"]
        expect(any(one["id"] == made.json["id"] for one in listed), str(listed))
        expect(all("token" not in one for one in listed), "a secret is shown twice")
        expect(caller(server, "dora").request("DELETE", f"/api/v1/tokens/{made.json['id']}").status
               in (403, 404), "somebody else's token")
        gone = alice.request("DELETE", f"/api/v1/tokens/{made.json['id']}")
        expect(gone.status in (200, 204), str(gone))
        expect_problem(program.get(f"/deployments/{run}"), 401, "invalid_token")


def it_all_holds_over_a_restart_and_no_secret_is_left_anywhere():
    with served() as server:
        alice = caller(server, "alice")
        token = alice.post("/api/v1/tokens", {"name": "ci"}).json["token"]
        out = caller(server, "dora")
        expect(out.post("/api/v1/auth/logout").status == 204, "logout")
        log_in(server, "alice", "canary wrong password")
        expect(server.stop() == 0, "stop")
        server.start()
        alice.close()
        for who in (Caller(server.port, alice.token), Caller(server.port, token)):
            expect(who.get("/api/v1/auth/me").json["id"] == "alice", "a restart logs out")
        expect_problem(Caller(server.port, out.token).get("/api/v1/auth/me"), 401, "invalid_token")
        metrics = Caller(server.port, alice.token).get("/metrics").text
        server.stop()
        kept = b"".join(path.read_bytes() for path in server.folder.glob("runs.db*"))
        texts = {"the log": "\n".join(server.lines).encode(), "the database": kept,
                 "the metrics": metrics.encode()}
        secrets = [SECRET, PASSWORD, "canary wrong password", token, token[20:60], alice.token]
        for where, text in texts.items():
            for secret in secrets:
                expect(secret.encode() not in text, f"{where} holds '{secret[:12]}…'")


def a_hundred_votes_at_once_by_one_person_are_one():
    with served() as server:
        run = caller(server, "rita").post("/deployments", {"name": "x"}).json["id"]
        token = caller(server, "alice").token
        states = []

        def vote(_):
            states.append(approve(Caller(server.port, token), run, "requested").status)
        in_threads(20, vote)
        history = Caller(server.port, token).get(f"/api/v1/runs/{run}/history").json["items"]
        votes = [one for one in history if one["event"]["type"] == "VoteCast"]
        expect(len(votes) == 1 and votes[0]["actor"] == "alice", f"{states}: {votes}")


def without_a_secret_or_a_directory_it_does_not_start():
    with new_folder() as folder:
        (folder / "directory.yaml").write_text(DIRECTORY % ("", HASH))
        for environment, said in (({}, "APPROVAL_JWT_SECRET"),
                                  ({"APPROVAL_JWT_SECRET": "short"}, "32")):
            done = subprocess.run(
                [PROGRAM, "serve", "--port", "0", "--auth", "token", "--db", str(folder / "x.db"),
                 "--directory", str(folder / "directory.yaml")],
                env=environment, capture_output=True, text=True, timeout=PATIENCE)
            expect(done.returncode == 2 and said in done.stderr, f"{done.returncode} {done.stderr}")


if __name__ == "__main__":
    sys.exit(run_tests([
        the_seeds_flow_with_everybody_being_somebody,
        an_administrator_is_no_approver_and_a_service_is_no_person,
        a_logout_ends_it_everywhere,
        a_refresh_token_that_is_used_twice_ends_the_session,
        a_cookie_is_for_pages_of_this_origin,
        wrong_passwords_are_counted_and_told_from_nothing,
        who_says_nothing_or_nonsense_gets_401_and_no_data,
        a_personal_token_is_limited_and_revoked,
        it_all_holds_over_a_restart_and_no_secret_is_left_anywhere,
        a_hundred_votes_at_once_by_one_person_are_one,
        without_a_secret_or_a_directory_it_does_not_start,
    ]))
