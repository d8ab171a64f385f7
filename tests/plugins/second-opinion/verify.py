"""What docs/notifications.md does by hand with a request that the notifier `webhook` sent.

    verify.py   {secret, headers, body} on standard input; writes the id of the event, or that the
                request is not believed.
"""
import base64
import hmac
import json
import sys
import time

request = json.load(sys.stdin)
secret, headers, body = request["secret"], request["headers"], request["body"].encode()

key = base64.b64decode(secret.removeprefix("whsec_"))
content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
wanted = "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()
is_right = any(hmac.compare_digest(wanted, one) for one in headers["webhook-signature"].split())
is_fresh = abs(time.time() - int(headers["webhook-timestamp"])) <= 300

print(json.loads(body)["id"] if is_right and is_fresh else "No matching signature found", end="")
