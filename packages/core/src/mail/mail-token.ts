import { createHash, randomBytes } from "node:crypto";

const TOKEN_BYTES = 32;

/** What a link in a mail carries: whoever has it got the mail. 256 random bits in base64url. */
export function createMailToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** Only this is stored: who reads the table cannot open the link. */
export function hashMailToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(token).digest());
}
