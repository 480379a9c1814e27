import { step } from "@parley/runtime";
import { programEnvironment } from "../../setting/environment.ts";
import { startProgram } from "../../setting/program.ts";
import { printTable } from "../../table.ts";
import type { Bench } from "../bench.ts";
import { measureFiring } from "./measure-firing.ts";
import { measureReplan } from "./measure-replan.ts";
import { pollNaively, POLL_MS } from "./poll-naively.ts";
import { openDueTickets, seedSlaWorld, worldOf } from "./sla-world.ts";

const TIMERS = 1_000_000;
/** The share of them that comes due within one minute. */
const DUE_SHARE = 0.1;

/** Promises about tickets, of which many come due in the same minute. */
export const slaBench: Bench = {
  about:
    "open SLA timers, a tenth of them due within one minute, against a poll of everything active every five minutes",
  targets: [
    { key: "latenessP99Ms", atMost: 1_000 },
    { key: "redisMb", atMost: 100 },
  ],
  async run(run) {
    const { services, options, undo } = run;
    const timers = options.scale ?? TIMERS;
    const world = worldOf({ timers, due: timers * DUE_SHARE });
    const database = await services.createDatabase();
    await step(`${timers} open timers in ${world.tenants} companies`, () => seedSlaWorld(database, world));
    const at = { database, redisUrl: services.redisUrl, redisPrefix: services.newRedisPrefix() };
    const worker = await startProgram({
      name: "sla-worker-sla",
      file: "apps/worker-sla/src/main.ts",
      env: programEnvironment(at),
      logDirectory: services.logDirectory,
      ...(options.cpuProfileDirectory === undefined ? {} : { cpuProfileDirectory: options.cpuProfileDirectory }),
    });
    undo.add("worker-sla", () => worker.stop());

    const due = world.tenants * world.duePerTenant;
    const fired = await step(`${due} come due within a minute`, () => measureFiring(run, { database, world, worker }));
    const tickets = world.ticketsPerTenant;
    const replanSeconds = await step(`a company's ${tickets} tickets are judged anew`, () =>
      measureReplan({ ...at, tickets }),
    );
    await worker.stop();
    await database.drop();
    const poll = await step("the usual way: one poll of everything active", () => measurePoll(run, { timers }));

    // Whatever comes due waits for the next poll, anywhere within five minutes, and then for its turn in it.
    const pollP99Ms = 0.99 * POLL_MS + (poll.seconds * 1_000) / 2;
    printTable(
      `sla: ${timers} open timers; milliseconds from when a timer is due to the commit of what is told`,
      ["", "p50", "p99", "timers"],
      [
        ["as they come due", fired.p50Ms, fired.p99Ms, fired.count],
        ["a poll every five minutes", POLL_MS / 2 + (poll.seconds * 1_000) / 2, pollP99Ms, poll.fired],
      ],
    );
    if (fired.cpu.size > 0) {
      printTable(
        "CPU during the minute, percent of one core",
        ["", ""],
        [...fired.cpu].map(([name, percent]) => [name, `${Math.round(percent)} %`]),
      );
    }
    return {
      latenessP50Ms: fired.p50Ms,
      latenessP99Ms: fired.p99Ms,
      redisMb: fired.redisMb,
      replanSeconds,
      pollSeconds: poll.seconds,
      pollLatenessP99Ms: pollP99Ms,
    };
  },
};

/** Everything is read; of what is due as much as comes due in five minutes at the same rate is told of, up to a limit. */
async function measurePoll(
  { services }: Parameters<Bench["run"]>[0],
  { timers }: { timers: number },
): Promise<{ seconds: number; fired: number }> {
  const most = 5_000;
  const world = worldOf({ timers, due: Math.min(most, timers * DUE_SHARE) });
  const database = await services.createDatabase();
  await seedSlaWorld(database, world);
  await openDueTickets(database, world, new Date(Date.now() - 120_000));
  const poll = await pollNaively(database);
  await database.drop();
  const due = world.tenants * world.duePerTenant;
  if (poll.fired !== due) throw new Error(`the poll told of ${poll.fired} of ${due} timers`);
  return poll;
}
