import { DomainError } from "@parley/runtime";

/**
 * What became of a mail, without what the server said of it: servers quote the recipient, and the links that they
 * dislike, and errors end up in logs and in Redis. A refusal of the recipient or of the mail with a reply of 5xx is for
 * good (RFC 5321, 4.2.1); one of our password or sender is the operator's to mend, and the mail waits for that.
 */
export function toMailError(error: unknown): Error {
  const command = readField(error, "command");
  const code = readField(error, "code");
  const reply = readField(error, "responseCode");
  const facts = [code, reply && `reply ${reply}`, command && `to ${command}`].filter(Boolean).join(", ");
  if (readField(error, "permanent") === "true" && isOfMail(code, command)) {
    return new DomainError("validation_failed", `The mail server refuses the mail for good (${facts}).`);
  }
  return new Error(`the mail could not be handed over (${facts || "no code"})`);
}

function isOfMail(code: string | undefined, command: string | undefined): boolean {
  return (code === "EENVELOPE" && command === "RCPT TO") || code === "EMESSAGE";
}

function readField(error: unknown, name: string): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return ["string", "number", "boolean"].includes(typeof value) ? String(value) : undefined;
}
