const HEX = /^[0-9a-f]{64}$/i;
const BYTES = 32;

/** A SHA-256 as Meta gives it: base64, and hex is seen too. Undefined for what is neither: it says nothing. */
export function readSha256(text: string | undefined): Buffer | undefined {
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, HEX.test(text) ? "hex" : "base64");
  return bytes.length === BYTES ? bytes : undefined;
}
