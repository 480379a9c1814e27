import type { Ledger } from "@parley/simulator";
import { none, type Check } from "../harness/comparison.ts";
import { messageIdOf } from "../send/sent-message.ts";
import { THANKS } from "./set-up-desks.ts";
import type { StoredLetter } from "./stored-letter.ts";

const SENT = new Set(["SENT", "DELIVERED", "READ"]);

/** The provider was given each answer once, to whom it is for; or it is not known whether it was. */
export function checkSent(stored: readonly StoredLetter[], ledger: Ledger): Check[] {
  const answers = stored.filter(({ kind }) => kind === "answer");
  const phoneOf = new Map(answers.map(({ id, phone }) => [id, phone]));
  const acceptedOf = Map.groupBy(ledger.accepted, ({ opaque }) => messageIdOf(opaque));
  return [
    none(
      "answers that the provider accepted twice",
      [...acceptedOf].filter(([, times]) => times.length > 1).map(([id, times]) => `${times.length} times ${id}`),
    ),
    none(
      "accepted by the provider though no answer, or for somebody else",
      ledger.accepted
        .filter(({ opaque, to, text }) => phoneOf.get(messageIdOf(opaque)) !== to || text !== THANKS)
        .map(({ id, to, text }) => `${id} to ${to}: ${text}`),
    ),
    none(
      "answers in another state than the provider's",
      answers
        .filter(({ id, status }) => status !== "UNKNOWN" && !(SENT.has(status) && acceptedOf.has(id)))
        .map(({ id, status }) => `${id}: ${status}, accepted ${acceptedOf.get(id)?.length ?? 0} times`),
    ),
    none(
      "answers without their one MESSAGE_QUEUED",
      answers.filter(({ events }) => events !== 1).map(({ id, events }) => `${id}: ${events}`),
    ),
  ];
}
