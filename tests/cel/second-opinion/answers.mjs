// The second opinion: what @bufbuild/cel says.
//   node answers.mjs evaluate     expressions on standard input, each a JSON string on its line;
//                                 variables.json binds the variables. Writes one answer a line.
//   node answers.mjs conformance  writes the specification's cases that tests/cel/conformance does
//                                 not hold, one JSON object a line: {path, expr, check, bindings,
//                                 answer}. Cases with messages of protocol buffers are left out.
// An answer spells a value with its type, letter by letter the same in tests/cel/answer.cpp, or is
// "error".
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { celEnv, isCelError, isCelList, isCelMap, isCelType, isCelUint, parse, plan } from "@bufbuild/cel";
import { tests } from "@bufbuild/cel-spec/testdata/conformance.js";

const hex = (bytes) => Buffer.from(bytes).toString("hex");

function double(number) {
  if (Number.isNaN(number)) return "d:nan";
  const bits = Buffer.alloc(8);
  bits.writeDoubleBE(number);
  return `d:${bits.toString("hex")}`;
}

function moment(tag, seconds, nanos) {
  const total = BigInt(seconds) * 1000000000n + BigInt(nanos);
  const rest = ((total % 1000000000n) + 1000000000n) % 1000000000n;
  return `${tag}:${(total - rest) / 1000000000n}.${rest}`;
}

const list = (items) => `[${items.join(",")}]`;
const map = (entries) => `{${entries.map(([key, value]) => `${key}=${value}`).sort().join(",")}}`;

function answer(value) {
  if (isCelError(value)) return "error";
  if (value === null) return "null";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "bigint") return `i:${value}`;
  if (typeof value === "number") return double(value);
  if (typeof value === "string") return `s:${hex(Buffer.from(value, "utf8"))}`;
  if (value instanceof Uint8Array) return `b:${hex(value)}`;
  if (isCelUint(value)) return `u:${value.value}`;
  if (isCelList(value)) return list([...value].map(answer));
  if (isCelMap(value)) return map([...value].map(([key, item]) => [answer(key), answer(item)]));
  if (isCelType(value)) return `t:${value.name}`;
  const message = value.message ?? value;
  if (message.$typeName === "google.protobuf.Timestamp") return moment("ts", message.seconds, message.nanos);
  if (message.$typeName === "google.protobuf.Duration") return moment("span", message.seconds, message.nanos);
  return `unknown:${message.$typeName}`;
}

function evaluate(env, text, bindings) {
  try {
    return answer(plan(env, parse(text))(bindings));
  } catch {
    return "error";
  }
}

async function evaluateAll() {
  const env = celEnv();
  const bindings = {};
  const sources = JSON.parse(readFileSync(new URL("variables.json", import.meta.url), "utf8"));
  for (const [name, text] of Object.entries(sources)) bindings[name] = plan(env, parse(text))();
  const answers = [];
  for await (const line of createInterface({ input: process.stdin })) {
    answers.push(evaluate(env, JSON.parse(line), bindings));
  }
  process.stdout.write(answers.join("\n") + "\n");
}

// ---- The specification's cases: values in protocol buffers' JSON ----

const quoted = (text) => `'${[...text].map((c) => `\\U${c.codePointAt(0).toString(16).padStart(8, "0")}`).join("")}'`;
const bytes = (base64) => Buffer.from(base64, "base64");
class Unsupported extends Error {}

// The value as an expression.
function spell(value) {
  const [[kind, inner]] = Object.entries(value);
  switch (kind) {
    case "nullValue": return "null";
    case "boolValue": return String(inner);
    case "int64Value": return inner;
    case "uint64Value": return `${inner}u`;
    case "doubleValue": return `double('${inner}')`;
    case "stringValue": return quoted(inner);
    case "bytesValue": return `b'${[...bytes(inner)].map((b) => `\\x${b.toString(16).padStart(2, "0")}`).join("")}'`;
    case "listValue": return `[${(inner.values ?? []).map(spell).join(", ")}]`;
    case "mapValue": return `{${(inner.entries ?? []).map((e) => `${spell(e.key)}: ${spell(e.value)}`).join(", ")}}`;
    case "typeValue": return inner;
    case "objectValue":
      if (inner["@type"] === "type.googleapis.com/google.protobuf.Timestamp") return `timestamp('${inner.value}')`;
      if (inner["@type"] === "type.googleapis.com/google.protobuf.Duration") return `duration('${inner.value}')`;
  }
  throw new Unsupported(kind);
}

function conformance() {
  const files = ["fields", "integer_math", "macros", "plumbing", "timestamps"];
  const walk = (suite, path) => {
    for (const test of suite.tests ?? []) {
      const { original } = test;
      if (/TestAllTypes|google\.protobuf\.[A-Z]\w*\s*\{/.test(original.expr) || original.container) continue;
      try {
        const bindings = Object.entries(original.bindings ?? {}).map(([name, b]) => [name, spell(b.value)]);
        const line = {
          path: `${path}/${original.name}`,
          expr: original.expr,
          check: !original.disableCheck,
          bindings: Object.fromEntries(bindings),
          answer: original.evalError ? "error" : "",
          value: original.evalError ? "" : spell(original.value ?? { boolValue: true }),
        };
        process.stdout.write(JSON.stringify(line) + "\n");
      } catch (error) {
        if (!(error instanceof Unsupported)) throw error;
      }
    }
    for (const inner of suite.suites ?? []) walk(inner, `${path}/${inner.name}`);
  };
  for (const suite of tests.suites) if (files.includes(suite.name)) walk(suite, suite.name);
}

if (process.argv[2] === "conformance") conformance();
else await evaluateAll();
