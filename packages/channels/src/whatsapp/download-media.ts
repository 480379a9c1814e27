import { createHash } from "node:crypto";
import type { MediaOutcome, MediaRequest, WriteBytes } from "../channel.ts";
import type { FetchMediaOptions } from "./fetch-media.ts";
import type { FoundMedia } from "./find-media.ts";
import { readMediaRefusal, toMediaDelay } from "./media-answers.ts";
import { readSha256 } from "./sha256.ts";

/** Statuses of a URL whose five minutes are over. */
const GONE: ReadonlySet<number> = new Set([404, 410]);

/** Gives out the bytes behind a URL of Meta's, and says afterwards whether they are the file. */
export async function downloadMedia(
  request: MediaRequest,
  media: FoundMedia,
  write: WriteBytes,
  { fetch, patienceMs, minBytesPerSecond }: FetchMediaOptions,
): Promise<MediaOutcome> {
  const { accessToken, maxBytes } = request;
  const longestMs = patienceMs + ((media.size ?? maxBytes) / minBytesPerSecond) * 1000;
  const signal = AbortSignal.timeout(Math.ceil(longestMs));
  const hash = createHash("sha256");
  let size = 0;
  try {
    const answer = await fetch(media.url, {
      // Of a body that is packed its length says nothing.
      headers: { authorization: `Bearer ${accessToken}`, "accept-encoding": "identity" },
      signal,
    });
    if (GONE.has(answer.status)) {
      await answer.body?.cancel();
      return { kind: "retry", reason: "url_expired" };
    }
    if (!answer.ok) return await readMediaRefusal(answer, accessToken);
    for await (const piece of answer.body ?? []) {
      size += piece.byteLength;
      if (size > maxBytes) return { kind: "gone", reason: "too_large" };
      hash.update(piece);
      await write(piece);
    }
  } catch (error) {
    return toMediaDelay(error, signal);
  }
  const digest = hash.digest();
  const delay = differenceTo(request, media, { size, digest });
  return delay ? { kind: "retry", reason: delay } : { kind: "fetched", size, sha256: digest.toString("base64") };
}

/** A hash that was told decides; without one there is the length. */
function differenceTo(
  request: MediaRequest,
  media: FoundMedia,
  { size, digest }: { size: number; digest: Buffer },
): "incomplete" | "corrupted" | undefined {
  const told = [readSha256(request.sha256), readSha256(media.sha256)].filter((hash) => hash !== undefined);
  const isOther = told.length > 0 ? told.some((hash) => !hash.equals(digest)) : size !== (media.size ?? size);
  if (!isOther) return undefined;
  return size < (media.size ?? 0) ? "incomplete" : "corrupted";
}
