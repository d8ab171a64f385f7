// The second opinion: what the package rrule says. Reads a question a line, {"rule", "start", "end",
// "limit"}, times as "2026-03-01T09:00"; writes its instances, separated by spaces, a line each.
import { createInterface } from "node:readline";
import rrule from "rrule";

const utc = (text) => new Date(`${text}:00Z`);
const compact = (text) => `${text.replace(/[-:]/g, "")}00Z`;

function instances({ rule, start, end, limit }) {
  const options = rrule.rrulestr(`DTSTART:${compact(start)}\nRRULE:${rule}`);
  const last = utc(end) - 1;
  const found = options.between(utc(start), new Date(last), true, (_, index) => index < limit);
  return found.map((date) => date.toISOString().slice(0, 16)).join(" ");
}

const answers = [];
for await (const line of createInterface({ input: process.stdin })) {
  answers.push(instances(JSON.parse(line)));
}
process.stdout.write(answers.join("\n") + "\n");
