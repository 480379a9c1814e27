import type { Simulator } from "@parley/simulator";
import type { ApiClient } from "../harness/api-client.ts";
import type { ReplyLedger } from "./post-replies.ts";
import type { SentMessage } from "./sent-message.ts";

/** How a round went: what became of the messages, which faults they met and how the API answered. */
export function countSent(round: {
  replies: ReplyLedger;
  messages: readonly SentMessage[];
  simulator: Simulator;
  api: ApiClient;
}): Record<string, number> {
  const { replies, messages, simulator, api } = round;
  const unknown = messages.filter(({ stored }) => stored.status === "UNKNOWN");
  return {
    "replies accepted by the API": replies.accepted.length,
    "… posted twice under one key": replies.accepted.filter(({ reply }) => reply.hasTwin).length,
    "accepted by the provider": simulator.ledger.accepted.length,
    attempts: messages.reduce((sum, { stored }) => sum + stored.attempts.length, 0),
    ...countBy(messages, ({ stored }) => `messages ${stored.status.toLowerCase()}`),
    ...countBy(unknown, ({ stored, provider }) => {
      const arrival = provider.accepted.length === 0 ? "never arrived" : "had arrived";
      return `… unknown for ${stored.errorCode} (${arrival})`;
    }),
    ...Object.fromEntries([...simulator.ledger.faults].map(([name, times]) => [`faults: ${name}`, times])),
    ...Object.fromEntries([...api.answers].map(([answer, times]) => [`answers of the API: ${answer}`, times])),
    "ms until the slowest answer": Math.round(api.slowestMs),
  };
}

function countBy(messages: readonly SentMessage[], nameOf: (message: SentMessage) => string): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(messages, nameOf)].map(([name, list]) => [name, list.length]));
}
