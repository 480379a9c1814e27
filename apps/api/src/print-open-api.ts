import { describeApi } from "./open-api/describe-api.ts";

// For whoever makes clients: the document of /docs/json, on standard output.
process.stdout.write(`${JSON.stringify(await describeApi(), null, 2)}\n`);
