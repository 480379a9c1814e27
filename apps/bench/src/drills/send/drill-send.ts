import { SIMULATOR_WHATSAPP, step } from "@parley/runtime";
import { startSimulator, type FaultsInput, type Simulator } from "@parley/simulator";
import type { Drill } from "../drill-options.ts";
import { createApiClient, type ApiClient } from "../harness/api-client.ts";
import { compareSets, none, type Check } from "../harness/comparison.ts";
import { startInstallation, type Installation } from "../harness/installation.ts";
import { planStrikes } from "../harness/plan-strikes.ts";
import { waitForQuiet } from "../harness/quiet.ts";
import { createRandom } from "../harness/random.ts";
import { openReader, type Reader } from "../harness/reader.ts";
import { runRounds, type RoundContext, type RoundResult } from "../harness/round.ts";
import { carryOut } from "../harness/strike.ts";
import { waitUntilReady } from "../harness/wait-until-ready.ts";
import { countSent } from "./count-sent.ts";
import { checkOutcomes } from "./check-outcomes.ts";
import { checkReplies, checkSendOrder } from "./check-replies.ts";
import { planReplies, postReplies } from "./post-replies.ts";
import { readSentMessages } from "./sent-message.ts";
import { setUpDesk } from "./set-up-desk.ts";
import { openSlowLink } from "./slow-link.ts";

const THREADS = 300;
const LOAD_MS = 32_000;
const CONNECTIONS = 24;
const QUIET_LIMIT_MS = 120_000;
const KILLS = { api: 3, "worker-ingest": 2, "worker-outbound": 5 };
/** How a round stays short: all waits of the workers are shorter than in production, in the same proportions. */
const SETTINGS = {
  SEND_TIMEOUT_MS: "1500",
  SEND_LEASE_MS: "6000",
  STRANDED_AFTER_MS: "4000",
  RECONCILE_INTERVAL_MS: "1000",
};
/** Statuses are late and many are lost: else they would settle what a dead worker left, before its lease ends. */
const FAULTS: Omit<FaultsInput, "seed"> = {
  duplicate: 0.05,
  reorder: 0.05,
  delayMs: 9_000,
  status429: 0.01,
  status500: 0.03,
  timeoutAfterAccept: 0.02,
  timeoutBeforeAccept: 0.01,
  dropStatus: 0.25,
  acceptedThenFailed: 0.02,
  statusBeforeAnswer: 0.05,
};

/**
 * Replies while everything dies and the provider misbehaves: each must reach it at most once and in its order, and
 * whatever became of it must be told truthfully.
 */
export const drillSend: Drill = (options) => runRounds("send", options, runRound);

async function runRound({ seed, servers, databaseUrl, name, env }: RoundContext): Promise<RoundResult> {
  const simulator = await startSimulator({
    appSecret: SIMULATOR_WHATSAPP.appSecret,
    seed,
    redeliveryDelaysMs: [100, 200, 400, 800],
    hangMs: 5_000,
  });
  const link = await openSlowLink(simulator.url, seed);
  const settings = { ...SETTINGS, WHATSAPP_API_BASE_URL: link.url };
  const installation = await startInstallation({ servers, databaseUrl, round: name, env, settings });
  const api = createApiClient(installation.apiUrl, CONNECTIONS);
  try {
    await waitUntilReady(installation);
    simulator.setWebhookUrl(`${installation.apiUrl}/webhooks/whatsapp`);
    return await play({ seed, databaseUrl, installation, simulator, api });
  } finally {
    await installation.stop();
    await link.close();
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
  await before.close();

  simulator.setFaults({ ...FAULTS, seed });
  const planned = planReplies(createRandom(seed, "replies"), threads, LOAD_MS);
  const strikes = carryOut(planStrikes(seed, LOAD_MS, KILLS), installation);
  const { ledger, done } = postReplies(api, planned);
  await step(
    "load under strikes",
    () => Promise.all([done, strikes.done]),
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
    const messages = await readSentMessages(reader, simulator.ledger);
    return {
      checks: [
        none(
          "still under way after the limit",
          Object.entries(left).map(([what, count]) => `${count} ${what}`),
        ),
        ...checkReplies(ledger, messages, simulator.ledger),
        ...checkOutcomes(messages),
        ...checkSendOrder(ledger, messages),
        ...(await checkRemains(reader)),
        none("answers other than 201 and 503", oddAnswers(api)),
        none("processes that died by themselves", installation.crashes()),
      ],
      counts: countSent({ replies: ledger, messages, simulator, api }),
      strikes: strikes.log,
    };
  } finally {
    await reader.close();
  }
}

/** Nothing of the provider's webhooks was set aside, and nothing is held: every status names a message of ours. */
async function checkRemains(reader: Reader): Promise<Check[]> {
  const quarantined = await reader.rows<{ id: string; reason: string }>(
    `select id, reason from raw_webhook_event where status = 'QUARANTINED'`,
  );
  const held = await reader.rows<{ key: string }>(`select external_id || ' ' || variant as key from held_update`);
  const paused = await reader.rows<{ name: string }>(`select external_id as name from inbox where status = 'PAUSED'`);
  return [
    none(
      "raw events quarantined",
      quarantined.map(({ id, reason }) => `${id}: ${reason}`),
    ),
    compareSets(
      "held statuses",
      new Set(),
      held.map(({ key }) => key),
    ),
    none(
      "inboxes paused",
      paused.map(({ name }) => name),
    ),
  ];
}

function oddAnswers(api: ApiClient): string[] {
  const fine = new Set(["201", "503", "no connection", "cut off"]);
  return [...api.answers].filter(([answer]) => !fine.has(answer)).map(([answer, count]) => `${count} × ${answer}`);
}
