import { createHmac, timingSafeEqual } from "node:crypto";

/** Lower-case hex only: that is what Meta sends, and one accepted spelling leaves nothing to argue about. */
const SIGNATURE_HEADER = /^sha256=([0-9a-f]{64})$/;

/**
 * Whether `header` (`X-Hub-Signature-256`) signs exactly the bytes of `rawBody` with one of `secrets`: several are
 * current while an app secret is being rotated. A missing or malformed header is false, and so is an empty secret,
 * because anyone could sign with it. The bytes must be those of the wire: Meta signs the escaped form (`\u00e4`),
 * which parsing and printing the JSON again would lose.
 */
export function verifySignature(rawBody: Buffer, header: string | undefined, secrets: readonly string[]): boolean {
  const hex = header === undefined ? undefined : SIGNATURE_HEADER.exec(header)?.[1];
  if (hex === undefined) return false;
  const claimed = Buffer.from(hex, "hex");
  return secrets.some((secret) => {
    if (secret === "") return false;
    const expected = digest(rawBody, secret);
    return expected.length === claimed.length && timingSafeEqual(expected, claimed);
  });
}

/** The header value with which Meta would sign `rawBody`: for the simulator and for tests. */
export function signBody(rawBody: Buffer, secret: string): string {
  return `sha256=${digest(rawBody, secret).toString("hex")}`;
}

function digest(rawBody: Buffer, secret: string): Buffer {
  return createHmac("sha256", secret).update(rawBody).digest();
}
