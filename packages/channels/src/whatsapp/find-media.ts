import { z } from "zod";
import type { MediaOutcome, MediaRequest } from "../channel.ts";
import type { FetchMediaOptions } from "./fetch-media.ts";
import { readJson, readMediaRefusal, toMediaDelay } from "./media-answers.ts";
import { optionalText } from "./webhook-schema.ts";

/** Where a file is, and what it is said to be. */
export interface FoundMedia {
  url: URL;
  sha256?: string | undefined;
  size?: number | undefined;
}

const metadataSchema = z.object({
  url: z.url({ protocol: /^https?$/ }).transform((url) => new URL(url)),
  sha256: optionalText,
  file_size: z.coerce.number().int().min(0).optional().catch(undefined),
});

/** `GET /{media_id}`: the answer's URL lives for five minutes. */
export async function findMedia(
  { providerMediaId, accessToken, maxBytes }: MediaRequest,
  { apiBaseUrl, apiVersion, fetch, patienceMs }: FetchMediaOptions,
): Promise<{ kind: "found"; media: FoundMedia } | MediaOutcome> {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const answer = await fetch(`${apiBaseUrl}/${apiVersion}/${encodeURIComponent(providerMediaId)}`, {
      headers: { authorization: `Bearer ${accessToken}` },
      signal,
    });
    if (!answer.ok) return await readMediaRefusal(answer, accessToken);
    const metadata = metadataSchema.safeParse(await readJson(answer));
    if (!metadata.success) return { kind: "retry", reason: "provider_error" };
    const { url, sha256, file_size: size } = metadata.data;
    // What is told over TLS does not make us send the token without.
    if (apiBaseUrl.startsWith("https:") && url.protocol !== "https:") return { kind: "retry", reason: "url_refused" };
    if (size !== undefined && size > maxBytes) return { kind: "gone", reason: "too_large" };
    return { kind: "found", media: { url, sha256, size } };
  } catch (error) {
    return toMediaDelay(error, signal);
  }
}
