import { z } from "zod";
import { parseControl } from "./control/parse-control.ts";
import { normaliseAddress } from "./user-address.ts";

const rate = z.number().min(0).max(1).default(0);
const codesByRecipient = z
  .record(z.string(), z.int().positive())
  .default({})
  .transform((codes) => new Map(Object.entries(codes).map(([to, code]) => [normaliseAddress(to), code])));

/** Everything that can go wrong on purpose. Rates are shares from 0 to 1; what is not named is off. */
const faultsSchema = z.strictObject({
  seed: z.int().default(1),
  /** Webhook acknowledged, then POSTed once more. */
  duplicate: rate,
  /** Update held back until a later one of the same user was delivered. */
  reorder: rate,
  /** Each update waits up to this much longer, in milliseconds. */
  delayMs: z.number().min(0).max(600_000).default(0),
  /** Send answered with HTTP 429 and code 130429; not accepted. */
  status429: rate,
  /** Send answered with HTTP 500: half with code 131000 (not accepted), half without a body, every second of which was accepted. */
  status500: rate,
  /** Send accepted, never answered. */
  timeoutAfterAccept: rate,
  /** Send neither accepted nor answered. */
  timeoutBeforeAccept: rate,
  /** A status that is never delivered. */
  dropStatus: rate,
  /** Send answered with 200, followed by status `failed`. */
  acceptedThenFailed: rate,
  /** Status `sent` reaches the webhook before the send is answered. */
  statusBeforeAnswer: rate,
  /** The first URL of a file is gone already (404); the next one works. */
  mediaUrlExpired: rate,
  /** Download of a file answered with HTTP 500. */
  mediaStatus500: rate,
  /** A file comes in full length with other bytes. */
  mediaWrongBytes: rate,
  /** A file breaks off in the middle. */
  mediaTruncated: rate,
  /** A file pauses so long in the middle, in milliseconds. */
  mediaSlowMs: z.number().min(0).max(600_000).default(0),
  /** Sends to these are refused with that code. */
  failRecipients: codesByRecipient,
  /** Sends to these are accepted and then fail with that code. */
  failRecipientsLater: codesByRecipient,
});

export type FaultsInput = z.input<typeof faultsSchema>;
export type Faults = z.output<typeof faultsSchema>;

/** Names of the faults that are counted when they happen. */
export type FaultName =
  | Exclude<keyof Faults, "seed" | "delayMs" | "mediaSlowMs" | "failRecipients" | "failRecipientsLater">
  | "status500Accepted";

/** Checks `input`; throws `validation_failed` with a sentence that names the field. */
export function parseFaults(input: unknown): Faults {
  return parseControl(faultsSchema, input, "Faults not changed");
}
