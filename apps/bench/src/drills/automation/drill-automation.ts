import { SIMULATOR_WHATSAPP, step } from "@parley/runtime";
import { startSimulator, type Simulator } from "@parley/simulator";
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
import { readAsked, readExecutions } from "./asked.ts";
import { checkAnswers } from "./check-answers.ts";
import { checkEffects } from "./check-effects.ts";
import { checkExecutions, type Remains } from "./check-executions.ts";
import { checkSent } from "./check-sent.ts";
import { deliverLetters } from "./deliver-letters.ts";
import { lettersOf, planLetters, type Customer } from "./plan-letters.ts";
import { setUpDesks } from "./set-up-desks.ts";
import { readLetters } from "./stored-letter.ts";
import { waitUntilHandled } from "./wait-until-handled.ts";

const CUSTOMERS = 150;
// Longer than that of other drills: whoever acts must have come up again, and be at it, when it is killed.
const LOAD_MS = 60_000;
const CONNECTIONS = 4;
const HANDLED_LIMIT_MS = 120_000;
const QUIET_LIMIT_MS = 30_000;
const KILLS = {
  api: 1,
  "worker-ingest": 3,
  "worker-outbound": 2,
  "worker-sla": 3,
  "worker-automation": 6,
  "worker-automation-twin": 5,
} satisfies Kills;
const APPS: readonly AppName[] = [
  "api",
  "worker-ingest",
  "worker-outbound",
  "worker-sla",
  "worker-automation",
  "worker-automation-twin",
];
/** How a round stays short: what is lost with Redis, or on its way to the provider, is looked for sooner than in production. */
const SETTINGS = {
  STRANDED_AFTER_MS: "4000",
  RECONCILE_INTERVAL_MS: "1000",
  SEND_TIMEOUT_MS: "1500",
  SEND_LEASE_MS: "6000",
};

/**
 * Rules while everything dies and Redis forgets: every event is brought to every rule that it is for, and what a rule does
 * about it, it does once.
 */
export const drillAutomation: Drill = (options) => runRounds("automation", options, runRound);

async function runRound({ seed, servers, databaseUrl, name, env }: RoundContext): Promise<RoundResult> {
  const { appSecret } = SIMULATOR_WHATSAPP;
  const simulator = await startSimulator({ appSecret, seed, redeliveryDelaysMs: [100, 200, 400, 800] });
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
  const desks = await setUpDesks(api);
  const customers = planLetters(createRandom(seed, "letters"), desks, CUSTOMERS, LOAD_MS);
  const strikes = carryOut(planStrikes(seed, LOAD_MS, KILLS), installation);
  const { appSecret } = SIMULATOR_WHATSAPP;
  const delivering = deliverLetters(customers, { apiUrl: installation.apiUrl, appSecret });
  await step(
    "messages under strikes",
    () => Promise.all([delivering.done, strikes.done]),
    () => `${delivering.acknowledged} webhooks acknowledged, ${strikes.log.length} strikes`,
  );

  const reader = await openReader(databaseUrl);
  try {
    const unhandled = await waitUntilHandled(reader, HANDLED_LIMIT_MS);
    // What is brought once more, late, must not be done once more.
    const left = await waitForQuiet({
      installation,
      reader,
      queueNames: ["ingest", "outbound", "rules", "timers"],
      outside: () => ({ "webhooks of the simulator": simulator.pending }),
      limitMs: QUIET_LIMIT_MS,
    });
    const remains = await readRemains(reader, customers);
    return {
      checks: [
        none("not handled after the limit", unhandled),
        none(
          "still under way after the limit",
          Object.entries(left).map(([what, count]) => `${count} ${what}`),
        ),
        ...(await checkEffects(reader, customers, remains)),
        ...checkExecutions(remains),
        ...checkAnswers(remains),
        ...checkSent(remains.stored, simulator.ledger),
        none("processes that died by themselves", installation.crashes()),
      ],
      counts: { ...countRemains(remains), ...countAnswers(delivering.answers) },
      strikes: strikes.log,
    };
  } finally {
    await reader.close();
  }
}

async function readRemains(reader: Reader, customers: readonly Customer[]): Promise<Remains> {
  return {
    asked: await readAsked(reader),
    executions: await readExecutions(reader),
    stored: await readLetters(reader),
    letters: new Map(customers.flatMap(lettersOf).map((letter) => [letter.externalId, letter])),
  };
}

function countRemains({ executions, stored }: Remains): Record<string, number> {
  const nameOf = ({ rule, outcome, reason }: (typeof executions)[number]): string =>
    `${rule}: ${outcome.toLowerCase()}${reason === null ? "" : ` (${reason})`}`;
  return {
    ...sizesOf(Map.groupBy(stored, ({ kind }) => `${kind}s`)),
    "answers of which nobody knows whether they arrived": stored.filter(({ status }) => status === "UNKNOWN").length,
    ...sizesOf(Map.groupBy(executions, nameOf)),
  };
}

function sizesOf<Item>(groups: Map<string, Item[]>): Record<string, number> {
  const names = [...groups.keys()].toSorted((one, other) => (one < other ? -1 : 1));
  return Object.fromEntries(names.map((name) => [name, groups.get(name)?.length ?? 0]));
}

function countAnswers(answers: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...answers].map(([answer, count]) => [`webhooks answered: ${answer}`, count]));
}
