// Reads a JSON Schema (first argument) and JSON documents from standard input, one a line; writes
// "1" for every valid document and "0 reason" for every other, one a line.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import Ajv2020 from "ajv/dist/2020.js";

const schema = JSON.parse(readFileSync(process.argv[2], "utf8"));
// Strict: a keyword ajv does not know, or one that can never apply, is a mistake of the schema.
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
const validate = ajv.compile(schema);

const verdicts = [];
for await (const line of createInterface({ input: process.stdin })) {
  const good = validate(JSON.parse(line));
  verdicts.push(good ? "1" : `0 ${ajv.errorsText(validate.errors).replaceAll("\n", " ")}`);
}
process.stdout.write(verdicts.join("\n") + "\n");
