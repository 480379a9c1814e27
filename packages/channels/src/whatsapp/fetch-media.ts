import type { Fetch } from "@parley/runtime";
import type { MediaOutcome, MediaRequest, WriteBytes } from "../channel.ts";
import { isAccessToken, notAToken } from "./access-token.ts";
import { downloadMedia } from "./download-media.ts";
import { findMedia } from "./find-media.ts";

export interface FetchMediaOptions {
  /** `https://graph.facebook.com`, or the simulator's; without a slash at the end. */
  apiBaseUrl: string;
  /** `v25.0` */
  apiVersion: string;
  /**
   * From `createGuardedFetch`: the provider names the URL of a file, so it is called as carefully as one that a customer
   * gives.
   */
  fetch: Fetch;
  /** How long a question may take, and how long a file may besides what its size explains. */
  patienceMs: number;
  /** A file that comes more slowly keeps others waiting, and is given up until later. */
  minBytesPerSecond: number;
}

/**
 * Fetches one file: asks where it is, and gives out its bytes as they arrive. Meta's URLs live for five minutes, so one
 * that is gone is asked for once more. Throws nothing but what `write` throws.
 */
export async function fetchMedia(
  request: MediaRequest,
  write: WriteBytes,
  options: FetchMediaOptions,
): Promise<MediaOutcome> {
  if (!isAccessToken(request.accessToken)) return { kind: "pause", error: notAToken() };
  const outcome = await findAndDownload(request, write, options);
  const isUrlGone = outcome.kind === "retry" && outcome.reason === "url_expired";
  return isUrlGone ? findAndDownload(request, write, options) : outcome;
}

async function findAndDownload(
  request: MediaRequest,
  write: WriteBytes,
  options: FetchMediaOptions,
): Promise<MediaOutcome> {
  const found = await findMedia(request, options);
  return found.kind === "found" ? downloadMedia(request, found.media, write, options) : found;
}
