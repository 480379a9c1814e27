import { SIMULATOR_WHATSAPP, step } from "@parley/runtime";
import type { Drill } from "../drill-options.ts";
import { compareSets, none, type Check } from "../harness/comparison.ts";
import { startInstallation } from "../harness/installation.ts";
import { planStrikes } from "../harness/plan-strikes.ts";
import { waitForQuiet } from "../harness/quiet.ts";
import { createRandom } from "../harness/random.ts";
import { openReader, type Reader } from "../harness/reader.ts";
import { runRounds, type RoundContext, type RoundResult } from "../harness/round.ts";
import { carryOut } from "../harness/strike.ts";
import { waitUntilReady } from "../harness/wait-until-ready.ts";
import { buildPayloads } from "./build-payloads.ts";
import { checkMessages } from "./check-messages.ts";
import { checkOrder, checkSummaries } from "./check-order.ts";
import { checkPeople } from "./check-people.ts";
import { checkRawEvents } from "./check-raw-events.ts";
import { makeInboxes } from "./make-inboxes.ts";
import { inventPeople } from "./people.ts";
import { planTraffic, type Traffic } from "./plan-traffic.ts";
import { postWebhooks, type WebhookLedger } from "./post-webhooks.ts";
import { readMessages } from "./stored-message.ts";

const PEOPLE = 3_000;
const SIZE = {
  messages: 20_000,
  echoes: 500,
  foreignStatuses: 100,
  ignored: 300,
  unknownNumber: 40,
  duplicates: 0.025,
};
/** The share of payloads that are posted twice, byte for byte. */
const REPEATED_PAYLOADS = 0.025;
const LOAD_MS = 25_000;
const CONCURRENCY = 24;
const QUIET_LIMIT_MS = 90_000;
/** How a round stays short: what is lost with Redis is looked for sooner than in production. */
const SETTINGS = { STRANDED_AFTER_MS: "4000", RECONCILE_INTERVAL_MS: "1000" };
const KILLS = { api: 4, "worker-ingest": 5, "worker-outbound": 1 };

/**
 * Webhooks while everything dies: whatever was answered with 200 must be there afterwards, once, under the right
 * customer, and nothing else.
 */
export const drillWebhook: Drill = (options) => runRounds("webhook", options, runRound);

async function runRound({ seed, servers, databaseUrl, name, env }: RoundContext): Promise<RoundResult> {
  const setup = await openReader(databaseUrl);
  const inboxes = await makeInboxes(setup);
  await setup.close();
  const people = inventPeople(createRandom(seed, "people"), inboxes, PEOPLE);
  const [first, ...others] = people;
  if (!first) throw new Error("the drill has no people");
  const traffic = planTraffic(createRandom(seed, "traffic"), [first, ...others], SIZE, Date.now());
  const payloads = buildPayloads(createRandom(seed, "payloads"), traffic.updates, REPEATED_PAYLOADS);

  const installation = await startInstallation({ servers, databaseUrl, round: name, env, settings: SETTINGS });
  try {
    await waitUntilReady(installation);
    const strikes = carryOut(planStrikes(seed, LOAD_MS, KILLS), installation);
    const posting = postWebhooks(payloads, {
      url: `${installation.apiUrl}/webhooks/whatsapp`,
      appSecret: SIMULATOR_WHATSAPP.appSecret,
      loadMs: LOAD_MS,
      concurrency: CONCURRENCY,
    });
    const { ledger } = posting;
    await step(
      "load under strikes",
      () => Promise.all([posting.done, strikes.done]),
      () => `${ledger.acknowledged.length} of ${payloads.length} webhooks acknowledged, ${strikes.log.length} strikes`,
    );

    const reader = await openReader(databaseUrl);
    try {
      const left = await waitForQuiet({
        installation,
        reader,
        queueNames: ["ingest", "outbound"],
        limitMs: QUIET_LIMIT_MS,
      });
      const checks = await step("comparison", () => compare(reader, traffic, ledger));
      return {
        checks: [
          none(
            "still under way after the limit",
            Object.entries(left).map(([what, count]) => `${count} ${what}`),
          ),
          ...checks,
          none("answers other than 200 and 503", oddAnswers(ledger)),
          none("processes that died by themselves", installation.crashes()),
        ],
        counts: countsOf(traffic, ledger, payloads.length),
        strikes: strikes.log,
      };
    } finally {
      await reader.close();
    }
  } finally {
    await installation.stop();
  }
}

async function compare(reader: Reader, traffic: Traffic, ledger: WebhookLedger): Promise<Check[]> {
  const told = new Set(
    ledger.acknowledged.flatMap(({ payload }) =>
      payload.updates.flatMap((update) => (update.kind === "message" ? [update.message] : [])),
    ),
  );
  const stored = await readMessages(reader);
  const conversations = await reader.rows<{ id: string; lastMessageId: string | null; unreadCount: number }>(
    `select id, last_message_id as "lastMessageId", unread_count as "unreadCount" from conversation`,
  );
  const held = await reader.rows<{ key: string }>(`select external_id || ' ' || variant as key from held_update`);
  return [
    ...(await checkRawEvents(reader, ledger)),
    ...checkMessages([...told], stored),
    ...checkOrder(ledger, stored),
    ...checkSummaries(stored, conversations),
    ...(await checkPeople(reader, [...told])),
    compareSets(
      "held statuses, all of messages that nobody told of",
      new Set(traffic.foreignStatuses.map(({ externalId, status }) => `${externalId} ${status.toUpperCase()}`)),
      held.map(({ key }) => key),
    ),
  ];
}

function oddAnswers(ledger: WebhookLedger): string[] {
  const fine = new Set(["200", "503", "no connection", "cut off"]);
  return [...ledger.answers].filter(([answer]) => !fine.has(answer)).map(([answer, count]) => `${count} × ${answer}`);
}

function countsOf(traffic: Traffic, ledger: WebhookLedger, payloads: number): Record<string, number> {
  return {
    "messages and echoes, each to be stored once": traffic.messages.length,
    "updates told, duplicates included": traffic.updates.length,
    "webhooks posted, repetitions included": payloads,
    ...Object.fromEntries([...ledger.answers].map(([answer, count]) => [`answers: ${answer}`, count])),
    "ms until the slowest answer": Math.round(ledger.slowestMs),
  };
}
