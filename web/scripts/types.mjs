// Writes the types of the API from its description: node scripts/types.mjs OUT [PROGRAM]. They are never
// kept: a page that asks for what the API does not have fails to compile.
// The description comes from the program itself, which is built from the same tables that serve it.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const [out, program = "../build/dursor"] = process.argv.slice(2);
if (!out) throw new Error("usage: node scripts/types.mjs OUT [PROGRAM]");
const description = execFileSync(program, ["openapi"], { maxBuffer: 64 << 20, encoding: "utf8" });
const types = astToString(await openapiTS(JSON.parse(description), { alphabetize: true }));
writeFileSync(out, `// Made by scripts/types.mjs from what dursor openapi prints.\n${types}`);
