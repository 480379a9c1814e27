import { setTimeout as sleep } from "node:timers/promises";
import { SIMULATOR_WHATSAPP, step } from "@parley/runtime";
import { request } from "undici";
import type { Drill } from "../drill-options.ts";
import { createApiClient, type ApiClient } from "../harness/api-client.ts";
import { none } from "../harness/comparison.ts";
import { startInstallation, type Installation } from "../harness/installation.ts";
import { planJumps, planStrikes, type AppName, type Kills } from "../harness/plan-strikes.ts";
import { createRandom } from "../harness/random.ts";
import { openReader, type Reader } from "../harness/reader.ts";
import { runRounds, type RoundContext, type RoundResult } from "../harness/round.ts";
import { carryOut } from "../harness/strike.ts";
import { waitUntilReady } from "../harness/wait-until-ready.ts";
import { checkPromises, type Reported } from "./check-promises.ts";
import { changeMinds, planStories, playStories } from "./play-tickets.ts";
import { replayLog } from "./replay-log.ts";
import { setUpDesks, type SlaDesk } from "./set-up-desk.ts";

const STORIES = 400;
const LOAD_MS = 30_000;
const CONNECTIONS = 24;
const QUIET_LIMIT_MS = 180_000;
const APPS: readonly AppName[] = ["api", "worker-ingest", "worker-sla", "worker-sla-twin"];
const KILLS: Kills = { api: 2, "worker-ingest": 2, "worker-sla": 4, "worker-sla-twin": 3 };
const JUMPS = 5;
/** How a round stays short: what is lost with Redis is looked for sooner than in production. */
const SETTINGS = { STRANDED_AFTER_MS: "4000", RECONCILE_INTERVAL_MS: "1000" };

/**
 * Promises about tickets while everything dies, Redis forgets and clocks go astray: what is stored and told of each must be
 * what the log says, once everything is quiet.
 */
export const drillSla: Drill = (options) => runRounds("sla", options, runRound);

async function runRound({ seed, servers, databaseUrl, name, env }: RoundContext): Promise<RoundResult> {
  const installation = await startInstallation({
    servers,
    databaseUrl,
    round: name,
    env,
    settings: SETTINGS,
    apps: APPS,
  });
  const api = createApiClient(installation.apiUrl, CONNECTIONS);
  try {
    await waitUntilReady(installation);
    return await play({ seed, databaseUrl, installation, api });
  } finally {
    await installation.stop();
    await api.close();
  }
}

async function play(stage: {
  seed: number;
  databaseUrl: string;
  installation: Installation;
  api: ApiClient;
}): Promise<RoundResult> {
  const { seed, databaseUrl, installation, api } = stage;
  const desks = await setUpDesks(api);
  const stories = planStories(createRandom(seed, "stories"), desks, STORIES, LOAD_MS);
  const schedule = [...planStrikes(seed, LOAD_MS, KILLS), ...planJumps(seed, LOAD_MS, APPS.slice(2), JUMPS)];
  const finder = reconnecting(databaseUrl);
  const strikes = carryOut(
    schedule.toSorted((a, b) => a.atMs - b.atMs),
    installation,
  );
  const { appSecret } = SIMULATOR_WHATSAPP;
  const playing = playStories(stories, { api, reader: finder, apiUrl: installation.apiUrl, appSecret });
  await step("tickets under strikes", () =>
    Promise.all([playing.done, changeMinds(createRandom(seed, "minds"), desks, api, LOAD_MS), strikes.done]),
  );
  await finder.close();

  const reader = await openReader(databaseUrl);
  try {
    const left = await waitForVerdicts(reader);
    const checks = await step("comparison", async () => {
      const [clock] = await reader.rows<{ now: number }>("select (extract(epoch from now()) * 1000)::float8 as now");
      const reported = await Promise.all(desks.map((desk) => readReport(installation.apiUrl, desk)));
      return checkPromises(reader, await replayLog(reader, clock?.now ?? NaN), reported.flat());
    });
    const timers = await reader.count("select count(*) from sla_timer");
    return {
      checks: [
        none("still under way after the limit", left),
        ...checks,
        none("what the API would not do at all", playing.refused),
        none("processes that died by themselves", installation.crashes()),
      ],
      counts: {
        promises: timers,
        "of them missed": await reader.count("select count(*) from sla_timer where breached_at is not null"),
        warnings: await reader.count("select count(*) from event where type = 'SLA_WARNING'"),
        "revisions of what is promised": await reader.count("select count(*) from sla_revision"),
        ...Object.fromEntries([...api.answers].map(([answer, count]) => [`answers: ${answer}`, count])),
      },
      strikes: strikes.log,
    };
  } finally {
    await reader.close();
  }
}

const COUNTS: Record<string, string> = {
  "raw events not applied": "select count(*) from raw_webhook_event where status = 'RECEIVED'",
  "outbox rows": "select count(*) from outbox where queue in ('sla', 'sla-timers', 'ingest')",
  "promises of which something is to happen": "select count(*) from sla_timer where due_at is not null",
  "revisions by which tickets are judged anew": "select count(*) from sla_progress where finished_at is null",
  escalations: "select count(*) from sla_step where state = 'WAITING'",
  "events that nobody has judged": `
    select count(*) from event e
      left join sla_ticket s on s.tenant_id = e.tenant_id and s.ticket_id = e.ticket_id
     where e.type in ('TICKET_OPENED', 'STATUS_CHANGED', 'MESSAGE_RECEIVED', 'MESSAGE_QUEUED') and e.ticket_id is not null
       and (s.seen is null or not pg_visible_in_snapshot(e.txid::text::xid8, s.seen::pg_snapshot))`,
};

/** Waits until nothing more will happen by itself. Returns what still was to, when the limit came. */
function waitForVerdicts(reader: Reader): Promise<string[]> {
  let left: string[] = [];
  return step(
    "waiting until nothing is due any more",
    async () => {
      const deadline = performance.now() + QUIET_LIMIT_MS;
      do {
        await sleep(500);
        const counts = await Promise.all(
          Object.entries(COUNTS).map(async ([what, query]) => [what, await reader.count(query)] as const),
        );
        left = counts.filter(([, count]) => count > 0).map(([what, count]) => `${count} ${what}`);
      } while (left.length > 0 && performance.now() < deadline);
      return left;
    },
    () => left.join(", "),
  );
}

async function readReport(apiUrl: string, { token }: SlaDesk): Promise<Reported[]> {
  const url = `${apiUrl}/api/v1/sla/reports/attainment?by=policy`;
  const { statusCode, body } = await request(url, { headers: { authorization: `Bearer ${token}` } });
  if (statusCode !== 200) throw new Error(`the report was answered with ${statusCode}: ${await body.text()}`);
  // The API's own envelope.
  return ((await body.json()) as { data: { groups: Reported[] } }).data.groups;
}

/** A reader for while PostgreSQL dies: whoever asks then is told that nothing is there. */
function reconnecting(databaseUrl: string): Reader {
  let reader: Promise<Reader> | undefined;
  const open = (): Promise<Reader> => (reader ??= openReader(databaseUrl));
  const forget = (error: unknown): never => {
    reader = undefined;
    throw error;
  };
  return {
    rows: (query, values) =>
      open()
        .then((opened) => opened.rows<never>(query, values))
        .catch(forget),
    count: (query, values) =>
      open()
        .then((opened) => opened.count(query, values))
        .catch(forget),
    close: async () => (await reader)?.close(),
  };
}
