import { createHmac } from "node:crypto";

/** `X-Hub-Signature-256`: HMAC-SHA256 over exactly the bytes that are sent. */
export function signBody(appSecret: string, body: string): string {
  return `sha256=${createHmac("sha256", appSecret).update(body).digest("hex")}`;
}
