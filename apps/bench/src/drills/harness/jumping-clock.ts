// Loaded into an app before itself (`node --import`): its clock is off by as many milliseconds as the file says that
// DRILL_CLOCK_FILE names. Timers of the process go on as ever, as they do when somebody sets a machine's clock.
import { readFileSync } from "node:fs";

const POLL_MS = 50;
const RealDate = Date;
// Before the app's configuration is there.
// oxlint-disable-next-line node/no-process-env
const file = process.env["DRILL_CLOCK_FILE"];
let offsetMs = 0;

if (file !== undefined) {
  setInterval(() => {
    const offset = Number(readFileSync(file, "utf8"));
    // Half-written, at worst: the next look finds it whole.
    if (Number.isFinite(offset)) offsetMs = offset;
  }, POLL_MS).unref();
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given: [] | [number]) =>
    given.length === 0 ? new target(RealDate.now() + offsetMs) : Reflect.construct(target, given),
  get: (target, name) => (name === "now" ? () => RealDate.now() + offsetMs : Reflect.get(target, name)),
});
