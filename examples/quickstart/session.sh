#!/usr/bin/env bash
# A deployment from `requested` to `executed` with curl, and what happens when somebody errs.
#
#   session.sh [ADDRESS]          against a running server, http://127.0.0.1:8003 by default
#   session.sh --start PROGRAM    starts PROGRAM on a free port with a new database, and restarts it
#                                 on the way, to see that everything is still there
set -euo pipefail

folder=$(mktemp -d)
server=
trap 'if [[ -n $server ]]; then kill "$server" 2>/dev/null || true; wait "$server" || true; fi; rm -rf "$folder"' EXIT

start() { # starts $program and finds its address in its log
  "$program" serve --port 0 --db "$folder/runs.db" >"$folder/log" 2>&1 &
  server=$!
  for _ in $(seq 600); do
    address=$(sed -n 's/.*listening on \([0-9.]*:[0-9]*\),.*/http:\/\/\1/p' "$folder/log")
    if [[ -n $address ]]; then return; fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  cat "$folder/log" >&2
  exit 1
}

restart() {
  kill "$server"
  wait "$server"
  start
}

# call METHOD PATH [BODY]: shows the request and its answer; leaves status and body in $answer.
call() {
  local body=()
  if [[ -n ${3:-} ]]; then body=(-H 'Content-Type: application/json' -d "$3"); fi
  printf "$ curl -X %s %s%s\n" "$1" "$2" "${3:+ -d '$3'}"
  answer=$(curl --silent --show-error --max-time 60 -X "$1" "${body[@]}" -w '\n%{http_code}' "$address$2")
  answer="${answer##*$'\n'} ${answer%$'\n'*}"
  echo "${answer:0:160}"
}

# want STATUS [TEXT…]: the last answer has this status and holds these texts.
want() {
  local status=$1 text
  shift
  [[ ${answer%% *} == "$status" ]] || wrong "status $status"
  for text in "$@"; do
    [[ $answer == *"$text"* ]] || wrong "$text"
  done
}

wrong() {
  echo "expected $1, found: $answer" >&2
  exit 1
}

# The number of the deployment in the last answer.
id_of() { sed -E 's/^[0-9]+ \{"id":([0-9]+),.*/\1/' <<<"$answer"; }

if [[ ${1:-} == --start ]]; then
  program=$2
  start
else
  program=
  address=${1:-http://127.0.0.1:8003}
fi

echo "# From requested to executed: QA approves, DevOps approves, DevOps releases."
call POST /deployments '{"name": "Deploy Feature X"}'
want 201 '"name":"Deploy Feature X"' '"state":"requested"'
first=$(id_of)
call POST "/deployments/$first/approve"
want 200 '"state":"approved_by_QA"'
call POST "/deployments/$first/approve"
want 200 '"state":"approved_by_devops"'
call POST "/deployments/$first/approve"
want 200 '"state":"executed"'

echo "# A finished deployment stays as it is."
call POST "/deployments/$first/approve"
want 409 '"code":"run_finished"'

echo "# It may be rejected at every stage before."
for approvals in 0 1 2; do
  call POST /deployments "{\"name\": \"Rejected after $approvals\"}"
  want 201
  rejected=$(id_of)
  for _ in $(seq "$approvals"); do
    call POST "/deployments/$rejected/approve"
    want 200
  done
  call POST "/deployments/$rejected/reject"
  want 200 '"state":"rejected"'
done

echo "# Mistakes are answered with what was expected."
call POST /deployments '{"name": ""}'
want 422 '"code":"validation_failed"' /name
call GET /deployments/999999
want 404 '"code":"not_found"'
call DELETE /deployments
want 405
call POST /deployments '{"name": "unfinished'
want 400 '"code":"malformed_json"'

echo "# A double click that says what it saw passes one stage only."
call POST /deployments '{"name": "Double click"}'
want 201
double=$(id_of)
call POST "/deployments/$double/approve" '{"expected_state": "requested"}'
want 200 '"state":"approved_by_QA"'
call POST "/deployments/$double/approve" '{"expected_state": "requested"}'
want 409

if [[ -n $program ]]; then
  echo "# After a restart everything is still there."
  restart
fi
call GET "/deployments/$first"
want 200 '"state":"executed"'
call GET "/deployments/$double"
want 200 '"state":"approved_by_QA"'
call GET '/deployments?limit=200'
want 200 "\"id\":$first," '"name":"Deploy Feature X"'

echo "All answers were as expected."
