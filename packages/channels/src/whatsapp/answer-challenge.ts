import { createHash, timingSafeEqual } from "node:crypto";

/**
 * Meta's check of a callback URL: GET with `hub.mode=subscribe`, `hub.verify_token` and `hub.challenge` (the dots are
 * part of the names). Returns the challenge, to be sent back as the whole body; undefined means refuse (403).
 */
export function answerChallenge(query: Readonly<Record<string, unknown>>, verifyToken: string): string | undefined {
  const token = query["hub.verify_token"];
  const challenge = query["hub.challenge"];
  if (query["hub.mode"] !== "subscribe" || typeof token !== "string" || typeof challenge !== "string") return undefined;
  if (verifyToken === "" || challenge === "") return undefined;
  return timingSafeEqual(sha256(token), sha256(verifyToken)) ? challenge : undefined;
}

/** Hashing first gives both sides one length, which the constant-time comparison demands. */
function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
