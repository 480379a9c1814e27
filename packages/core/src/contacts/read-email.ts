import { domainToASCII } from "node:url";
import type { ReadValue } from "./read-identifier.ts";

/** RFC 5321: 64 of the local part, 254 of all. */
const MAX_LOCAL = 64;
const MAX_LENGTH = 254;
const PARTS = /^([^\s\p{Cc}\p{Cs}@"(),:;<>[\\\]]+)@([^\s@]+)$/u;
const DOMAIN = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

const MESSAGE = "must be an e-mail address, like name@example.com";

/** In lower case, the domain in ASCII: Ana@Müller.example is ana@xn--mller-kva.example. */
export function readEmail(text: string): ReadValue {
  const [, local = "", domain = ""] = PARTS.exec(text.normalize("NFC")) ?? [];
  const ascii = domainToASCII(domain.replace(/\.$/, "")).toLowerCase();
  const isLocal = local !== "" && local.length <= MAX_LOCAL && !/^\.|\.$|\.\./.test(local);
  const value = `${local.toLowerCase()}@${ascii}`;
  return isLocal && DOMAIN.test(ascii) && value.length <= MAX_LENGTH ? { value } : { message: MESSAGE };
}
