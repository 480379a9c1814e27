/**
 * The first thing that runs, on a clone with nothing installed: `npm start`, `dev`, `test`, `bench` and
 * `drill` come here with the system's Node (20 or later), install what is missing and hand over to the Node
 * that was installed.
 */
const OLDEST_NODE = 20;
const major = Number(process.versions.node.split(".")[0]);

if (major < OLDEST_NODE) {
  console.error(`Parley needs Node ${OLDEST_NODE} or later to start, and this is ${process.versions.node}.`);
  process.exit(1);
}

if (process.platform === "win32") {
  console.error("Parley's own PostgreSQL and Redis run on Linux and macOS: on Windows, start it inside WSL.");
  process.exit(1);
}

// Loaded only now, because an older Node would stumble over their syntax before it could say the above.
const { handOver } = await import("./bootstrap/hand-over.mjs");
const { prepare } = await import("./bootstrap/prepare.mjs");

const PROGRAMS = {
  start: ["apps/local/src/main.ts", "start"],
  dev: ["apps/local/src/main.ts", "dev"],
  test: ["apps/local/src/run-checks.ts"],
  bench: ["apps/bench/src/main.ts", "bench"],
  drill: ["apps/bench/src/main.ts", "drill"],
};

const [command, ...rest] = process.argv.slice(2);
if (command === undefined || !Object.hasOwn(PROGRAMS, command)) {
  console.error(`Say what to do: node apps/local/bootstrap.mjs ${Object.keys(PROGRAMS).join("|")}`);
  process.exit(1);
}

try {
  prepare();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
handOver([...PROGRAMS[command], ...rest]);
