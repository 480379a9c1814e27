import { none, type Check } from "../harness/comparison.ts";
import type { SentMessage } from "./sent-message.ts";

/**
 * Each message is as far as its provider says; where nobody can know, it is UNKNOWN; and what went wrong is written
 * on the message and its attempts.
 */
export function checkOutcomes(messages: readonly SentMessage[]): Check[] {
  const broken = (isBroken: (message: SentMessage) => boolean): string[] => messages.filter(isBroken).map(describe);
  return [
    none(
      "messages that the provider accepted twice",
      broken(({ provider }) => provider.accepted.length > 1),
    ),
    none(
      "messages still queued or sending",
      broken(({ stored }) => ["QUEUED", "SENDING"].includes(stored.status)),
    ),
    none("messages in another state than the provider's", broken(isElsewhere)),
    none(
      "failed or unknown without a reason",
      broken(({ stored }) => ["FAILED", "UNKNOWN"].includes(stored.status) && stored.errorCode === null),
    ),
    none("messages whose attempts do not add up", broken(hasOddAttempts)),
    none("messages under another provider id", broken(hasOtherProviderId)),
    none(
      "messages without their one MESSAGE_QUEUED",
      broken(({ stored }) => stored.queuedEvents !== 1),
    ),
    none(
      "messages with several MESSAGE_SENT",
      broken(({ stored }) => stored.sentEvents > 1),
    ),
  ];
}

const ORDER = ["sent", "delivered", "read"];

function isElsewhere({ stored, provider }: SentMessage): boolean {
  const last = stored.attempts.at(-1)?.state;
  const nobodyCanKnow = stored.status === "UNKNOWN" && last === "UNKNOWN";
  if (provider.accepted.length === 0) {
    const refused = stored.status === "FAILED" && (last === "REFUSED" || last === "NOT_SENT");
    return !refused && !nobodyCanKnow;
  }
  const arrived = new Set(provider.arrived.map(({ status }) => status));
  if (arrived.has("failed")) return stored.status !== "FAILED";
  const furthest = ORDER.findLast((status) => arrived.has(status));
  if (furthest !== undefined) return stored.status !== furthest.toUpperCase();
  return stored.status !== "SENT" && !nobodyCanKnow;
}

/** Every attempt is on record with its end, and none followed one that may have arrived. */
function hasOddAttempts({ stored }: SentMessage): boolean {
  const { attempts, attemptCount } = stored;
  if (attempts.length !== attemptCount || attempts.some(({ number }, index) => number !== index + 1)) return true;
  const notSent = new Set(["REFUSED", "NOT_SENT"]);
  return attempts.some(
    ({ state }, index) => state === "REQUESTED" || (index < attempts.length - 1 && !notSent.has(state)),
  );
}

function hasOtherProviderId({ stored, provider }: SentMessage): boolean {
  const [accepted] = provider.accepted;
  if (!accepted) return stored.externalId !== null;
  return stored.status === "UNKNOWN" ? false : stored.externalId !== accepted.id;
}

function describe({ stored, provider }: SentMessage): string {
  const attempts = stored.attempts.map(({ state, errorCode }) =>
    errorCode === null ? state : `${state} ${errorCode}`,
  );
  const statuses = provider.arrived.map(({ status }) => status);
  return [
    `message ${stored.id}: ${stored.status}${stored.errorCode === null ? "" : ` (${stored.errorCode})`}`,
    `attempts ${attempts.join(", ") || "none"}`,
    `accepted ${provider.accepted.length} times, statuses ${statuses.join(", ") || "none"}`,
  ].join("; ");
}
