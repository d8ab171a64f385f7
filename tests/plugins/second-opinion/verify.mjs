// The second opinion: what standardwebhooks says of a request that the notifier `webhook` sent.
//   node verify.mjs   {secret, headers, body} on standard input; writes the id of the event, or why
//                     the request is not believed.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const { secret, headers, body } = JSON.parse(readFileSync(0, "utf8"));
try {
  const event = new Webhook(secret).verify(body, headers);
  process.stdout.write(event.id);
} catch (problem) {
  process.stdout.write(problem.message);
}
