import { setTimeout as sleep } from "node:timers/promises";
import { SIMULATOR_WHATSAPP, step } from "@parley/runtime";
import { startSimulator, type FaultsInput, type Simulator } from "@parley/simulator";
import type { Drill } from "../drill-options.ts";
import { createApiClient, type ApiClient } from "../harness/api-client.ts";
import { none } from "../harness/comparison.ts";
import { startInstallation, type Installation } from "../harness/installation.ts";
import { planStrikes, type AppName, type Kills } from "../harness/plan-strikes.ts";
import { waitForQuiet } from "../harness/quiet.ts";
import { createRandom } from "../harness/random.ts";
import { openReader, type Reader } from "../harness/reader.ts";
import { runRounds, type RoundContext, type RoundResult } from "../harness/round.ts";
import { carryOut } from "../harness/strike.ts";
import { waitUntilReady } from "../harness/wait-until-ready.ts";
import { planReplies, postReplies } from "../send/post-replies.ts";
import { setUpDesk } from "../send/set-up-desk.ts";
import { agreeTerms, appointAdministrator, closeMonth, type IssuedInvoice } from "./administrator.ts";
import { checkCounters } from "./check-counters.ts";
import { checkInvoices } from "./check-invoices.ts";
import { checkLedger } from "./check-ledger.ts";
import { checkRollUps } from "./check-roll-ups.ts";
import { joinCampaigns } from "./join-campaigns.ts";
import { rewindNowAndThen } from "./rewind-progress.ts";

const THREADS = 240;
/** Of further customers, who write while everything dies. */
const NEWCOMERS = 200;
const LOAD_MS = 30_000;
const CONNECTIONS = 24;
const QUIET_LIMIT_MS = 120_000;
const REWINDS = 4;
const APPS: readonly AppName[] = ["api", "worker-ingest", "worker-outbound", "worker-billing", "worker-billing-twin"];
const KILLS: Kills = {
  api: 2,
  "worker-ingest": 2,
  "worker-outbound": 3,
  "worker-billing": 5,
  "worker-billing-twin": 4,
};
/** How a round stays short: all waits of the workers are shorter than in production, in the same proportions. */
const SETTINGS = {
  SEND_TIMEOUT_MS: "1500",
  SEND_LEASE_MS: "6000",
  STRANDED_AFTER_MS: "4000",
  RECONCILE_INTERVAL_MS: "1000",
};
const FAULTS: Omit<FaultsInput, "seed"> = {
  duplicate: 0.1,
  reorder: 0.05,
  delayMs: 2_000,
  status500: 0.02,
  timeoutAfterAccept: 0.02,
  dropStatus: 0.1,
  acceptedThenFailed: 0.02,
};

/**
 * Usage while everything dies, Redis forgets, and the log is followed again from its beginning now and then: what happened, the
 * ledger, the roll-ups and the invoices must say the same, to the unit.
 */
export const drillBilling: Drill = (options) => runRounds("billing", options, runRound);

async function runRound({ seed, servers, databaseUrl, name, env }: RoundContext): Promise<RoundResult> {
  const simulator = await startSimulator({
    appSecret: SIMULATOR_WHATSAPP.appSecret,
    seed,
    redeliveryDelaysMs: [100, 200, 400, 800, 1_600, 3_200],
    hangMs: 5_000,
  });
  const settings = { ...SETTINGS, WHATSAPP_API_BASE_URL: simulator.url };
  const installation = await startInstallation({ servers, databaseUrl, round: name, env, settings, apps: APPS });
  const api = createApiClient(installation.apiUrl, CONNECTIONS);
  try {
    await waitUntilReady(installation);
    simulator.setWebhookUrl(`${installation.apiUrl}/webhooks/whatsapp`);
    return await play({ seed, databaseUrl, installation, simulator, api });
  } finally {
    await installation.stop();
    await simulator.stop();
    await api.close();
  }
}

async function play(stage: {
  seed: number;
  databaseUrl: string;
  installation: Installation;
  simulator: Simulator;
  api: ApiClient;
}): Promise<RoundResult> {
  const { seed, databaseUrl, installation, simulator, api } = stage;
  const before = await openReader(databaseUrl);
  const threads = await setUpDesk(api, simulator, before, THREADS);
  const administrator = await appointAdministrator(api, before, installation.apiUrl);
  const tenants = await before.rows<{ id: string }>("select id from tenant where id <> $1", [administrator.tenantId]);
  for (const { id } of tenants) await agreeTerms(administrator, id);
  await before.close();

  simulator.setFaults({ ...FAULTS, seed });
  const replies = planReplies(createRandom(seed, "replies"), threads, LOAD_MS);
  const planned = joinCampaigns(createRandom(seed, "campaigns"), replies);
  const strikes = carryOut(planStrikes(seed, LOAD_MS, KILLS), installation);
  const { ledger, done } = postReplies(api, planned);
  const [phone, ...phones] = new Set(threads.map(({ phoneNumberId }) => phoneNumberId));
  if (phone === undefined) throw new Error("the drill has no number");
  const rewound = rewindNowAndThen(createRandom(seed, "rewinds"), databaseUrl, { times: REWINDS, withinMs: LOAD_MS });
  await step(
    "load under strikes",
    () => Promise.all([done, write(seed, simulator, [phone, ...phones]), rewound, strikes.done]),
    () => `${ledger.accepted.length} of ${planned.flat().length} replies accepted, ${strikes.log.length} strikes`,
  );

  const reader = await openReader(databaseUrl);
  try {
    const left = await waitForQuiet({
      installation,
      reader,
      queueNames: ["ingest", "outbound"],
      outside: () => ({ "webhooks of the simulator": simulator.pending }),
      limitMs: QUIET_LIMIT_MS,
    });
    const unfollowed = await waitForLedger(reader);
    const invoices: IssuedInvoice[] = [];
    for (const { id } of tenants) invoices.push(await closeMonth(administrator, reader, id));
    return {
      checks: [
        none("still under way after the limit", [
          ...Object.entries(left).map(([what, count]) => `${count} ${what}`),
          ...unfollowed,
        ]),
        ...(await checkLedger(reader, simulator)),
        ...(await checkRollUps(reader)),
        ...(await checkCounters(reader)),
        ...(await checkInvoices(reader, invoices)),
        none("processes that died by themselves", installation.crashes()),
      ],
      counts: {
        tickets: await reader.count("select count(*) from ticket"),
        "rows of the ledger": await reader.count("select count(*) from usage_event"),
        recharges: await reader.count("select count(*) from quota_recharge"),
        "times that the log was followed anew": await rewound,
        ...Object.fromEntries([...api.answers].map(([answer, count]) => [`answers: ${answer}`, count])),
      },
      strikes: strikes.log,
    };
  } finally {
    await reader.close();
  }
}

/** Customers who have not written before, each at a time of their own. */
async function write(
  seed: number,
  simulator: Simulator,
  phoneNumberIds: readonly [string, ...string[]],
): Promise<void> {
  const random = createRandom(seed, "newcomers");
  await Promise.all(
    Array.from({ length: NEWCOMERS }, async (_each, index) => {
      await sleep(random.int(0, LOAD_MS));
      const phoneNumberId = random.pick(phoneNumberIds);
      await simulator.deliverInbound({ phoneNumberId, from: `4918${100_000_000 + index}`, text: "Hello?" });
    }),
  );
}

/** Waits until everything that stands in the log was followed. Returns what was not when the limit came. */
function waitForLedger(reader: Reader): Promise<string[]> {
  let left = 0;
  return step("waiting for the ledger", async () => {
    const deadline = performance.now() + QUIET_LIMIT_MS;
    do {
      await sleep(250);
      left = await reader.count(
        "select count(*) from event e join billing_progress p on (e.txid, e.seq) > (p.txid, p.seq)",
      );
    } while (left > 0 && performance.now() < deadline);
    return left > 0 ? [`${left} events that the ledger does not know`] : [];
  });
}
