import { step } from "@parley/runtime";
import { printTable } from "../../table.ts";
import type { Bench } from "../bench.ts";
import { measureSending, type Sending } from "./measure-sending.ts";

const SECONDS = 20;
/** Meta's limit of one number. */
const PER_SECOND = 80;
const MESSAGES_EACH = 4;
const NUMBERS = 20;

/** Queued messages to an API with Meta's limits: their rate is the baseline. */
export const sendBench: Bench = {
  about: `queued messages, ${MESSAGES_EACH} to each conversation, to an API with Meta's limit of ${PER_SECOND}/s a number`,
  targets: [
    { key: "oneNumberPerSecond", atLeast: 78 },
    { key: "maxInAnySecond", atMost: PER_SECOND },
    { key: "runsPerMessage", atMost: 2.2 },
    { key: "twentyNumbersPerSecond", atLeast: PER_SECOND * NUMBERS * 0.95 },
    { key: "reordered", atMost: 0 },
  ],
  async run(run) {
    const conversations = Math.ceil(((run.options.seconds ?? SECONDS) * PER_SECOND) / MESSAGES_EACH);
    const sending = { conversations, messagesEach: MESSAGES_EACH };
    const one = await step("one number", () => measureSending(run, { ...sending, inboxes: 1 }));
    const twenty = await step(`${NUMBERS} numbers`, () => measureSending(run, { ...sending, inboxes: NUMBERS }));
    printTable(
      "send; rates over the middle nine tenths",
      ["", "limit/s", "sent/s", "of the limit", "most in any 1 s", "refused", "reordered", "runs/message"],
      [row("one number", PER_SECOND, one), row(`${NUMBERS} numbers`, PER_SECOND * NUMBERS, twenty)],
    );
    printCpu(one, twenty);
    return {
      oneNumberPerSecond: one.perSecond,
      maxInAnySecond: Math.max(one.maxInAnySecond, twenty.maxInAnySecond),
      runsPerMessage: one.runsPerMessage,
      twentyNumbersPerSecond: twenty.perSecond,
      reordered: one.reordered + twenty.reordered,
      machineBusyPercent: twenty.cpu.get("all cores") ?? NaN,
    };
  },
};

function row(what: string, limit: number, sending: Sending): (string | number)[] {
  return [
    what,
    limit,
    sending.perSecond,
    `${((sending.perSecond / limit) * 100).toFixed(1)} %`,
    sending.maxInAnySecond,
    sending.refused,
    sending.reordered,
    sending.runsPerMessage,
  ];
}

/** Shows what the machine had left: a rate below the limit is its doing when nothing was. */
function printCpu(one: Sending, twenty: Sending): void {
  if (twenty.cpu.size === 0) return;
  const rows = [...twenty.cpu].map(([name, percent]) => [
    name,
    `${Math.round(one.cpu.get(name) ?? NaN)} %`,
    `${Math.round(percent)} %`,
  ]);
  printTable("CPU, percent of one core", ["", "one number", `${NUMBERS} numbers`], rows);
}
