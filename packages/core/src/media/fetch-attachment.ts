import type { MediaOutcome } from "@parley/channels";
import { backoffMs, type JobOutcome } from "@parley/queue";
import { readCredentials } from "../inboxes/index.ts";
import { claimAttachment, findNextTry, type ClaimedAttachment } from "./claim-attachment.ts";
import type { MediaContext } from "./media-context.ts";
import { MAX_MEDIA_BYTES } from "./media-limits.ts";
import type { AttachmentKey } from "./media-queue.ts";
import { failFetch, putOffFetch, storeFetched } from "./settle-fetch.ts";
import { ClaimLost, createMediaWriter } from "./write-media.ts";

/** From seconds to an hour, until the channel's seven days are over. */
const BACKOFF = { baseMs: 5_000, maxMs: 3_600_000 };
/** A file whose bytes are wrong so often, and were the time before, is taken at its word. */
const CORRUPTED_TRIES = 3;

/**
 * Fetches the file of one attachment, if it is due and nobody is at it. It is PENDING until its last byte is here and is
 * what the channel speaks of: then it is STORED. Returns when it is to be tried again, where that is known; of what waits
 * for its inbox it is not.
 */
export async function fetchAttachment(ctx: MediaContext, key: AttachmentKey): Promise<JobOutcome> {
  const now = ctx.clock.now();
  const claim = await claimAttachment(ctx.database, key, now);
  if (!claim) {
    const runAgainAt = await findNextTry(ctx.database, key, now);
    return runAgainAt && { runAgainAt };
  }
  const writer = createMediaWriter(ctx, claim);
  try {
    const outcome = await askChannel(ctx, claim, (piece) => writer.write(piece));
    if (outcome === "no_credentials") return await tryLater(ctx, claim, { reason: outcome });
    switch (outcome.kind) {
      case "fetched":
        await storeFetched(ctx, claim, writer, outcome);
        return undefined;
      case "gone":
        await failFetch(ctx, claim, outcome.reason);
        return undefined;
      case "pause":
        await putOffFetch(ctx, claim, { at: ctx.clock.now(), reason: "inbox_paused", fault: outcome.error });
        return undefined;
      case "retry":
        if (outcome.reason === "corrupted" && isCorrupted(claim)) {
          await failFetch(ctx, claim, "corrupted");
          return undefined;
        }
        return await tryLater(ctx, claim, outcome);
    }
  } catch (error) {
    if (error instanceof ClaimLost) return undefined;
    throw error;
  }
}

async function askChannel(
  ctx: MediaContext,
  claim: ClaimedAttachment,
  write: (piece: Uint8Array) => Promise<void>,
): Promise<MediaOutcome | "no_credentials"> {
  const fetch = ctx.fetchers[claim.channel];
  if (!fetch) return { kind: "gone", reason: "refused" };
  const accessToken = readAccessToken(ctx, claim);
  if (accessToken === undefined) return "no_credentials";
  const { providerMediaId, sha256 } = claim;
  const request = { providerMediaId, accessToken, maxBytes: MAX_MEDIA_BYTES, ...(sha256 !== null && { sha256 }) };
  return fetch(request, write);
}

function isCorrupted({ attempt, failure }: ClaimedAttachment): boolean {
  return failure === "corrupted" && attempt >= CORRUPTED_TRIES;
}

async function tryLater(
  ctx: MediaContext,
  claim: ClaimedAttachment,
  { reason, retryAfterMs = 0 }: { reason: string; retryAfterMs?: number },
): Promise<JobOutcome> {
  const delayMs = Math.max(retryAfterMs, backoffMs(BACKOFF, claim.attempt));
  const at = new Date(Math.min(ctx.clock.now().getTime() + delayMs, claim.expiresAt.getTime()));
  await putOffFetch(ctx, claim, { at, reason });
  return { runAgainAt: at };
}

function readAccessToken(ctx: MediaContext, { tenantId, inboxId, credentials }: ClaimedAttachment): string | undefined {
  try {
    return readCredentials(ctx.keyring, { tenantId, id: inboxId, credentials }).accessToken;
  } catch (error) {
    ctx.logger.error({ err: error, inboxId }, "the inbox's credentials cannot be read");
    return undefined;
  }
}
