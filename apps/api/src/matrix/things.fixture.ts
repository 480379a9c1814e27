import { randomBytes } from "node:crypto";
import { newId } from "@parley/runtime";
import { unusedPhone } from "@parley/testing";

const ID_KINDS = [
  "tenant",
  /** The other company in which its owner works as well. */
  "branch",
  "owner",
  /** An agent. */
  "member",
  "inbox",
  "contact",
  /** Another one, which can be merged into the contact. */
  "otherContact",
  "contactAttribute",
  /** Of contacts, a shared one. */
  "segment",
  /** Of another contact into the contact; it can be undone. */
  "contactMerge",
  /** One that rests. */
  "contactImport",
  /** Of the contact, whose archive is ready. */
  "dataExport",
  /** Of the contact, under way. */
  "erasure",
  "conversation",
  /** Of ours, and failed. */
  "message",
  /** Of the contact. */
  "inbound",
  /** Of the inbound message, and stored. */
  "attachment",
  "ticket",
  /** Another ticket, which the ticket is linked with. */
  "linked",
  "ticketAttribute",
  "rawEvent",
  "team",
  /** A shared one. */
  "view",
  /** Of assignment, of the inbox. */
  "policy",
  "slaPolicy",
  "cannedReply",
  "snippet",
  /** A suggestion that was accepted. */
  "aiDraft",
  "macro",
  /** One with two versions. */
  "rule",
  /** Of the rule, with a receipt. */
  "execution",
  /** One that rests. */
  "bulkJob",
  "invitation",
  "apiKey",
  /** Of the owner. */
  "session",
] as const;

/** What is no id, but finds something or lets somebody in. */
const TEXT_KINDS = [
  /** A word that stands in every text of the tenant, and nowhere else. */
  "canary",
  /** The owner's. */
  "email",
  "password",
  /** The contact's. */
  "phone",
  /** A month with an invoice. */
  "period",
] as const;

export type IdKind = (typeof ID_KINDS)[number];
export type Kind = IdKind | (typeof TEXT_KINDS)[number];

/** What requests can name of one tenant. */
export type Things = Record<Kind, string>;

export const KINDS: readonly Kind[] = [...ID_KINDS, ...TEXT_KINDS];

export function isKind(text: string): text is Kind {
  return (KINDS as readonly string[]).includes(text);
}

export function isIdKind(kind: Kind): kind is IdKind {
  return (ID_KINDS as readonly string[]).includes(kind);
}

/** Texts that nobody else has: a word for all texts of a tenant, a password, a number. */
export function newTexts(): Pick<Things, "canary" | "password" | "phone"> {
  return {
    canary: `canary${randomBytes(8).toString("hex")}`,
    password: `secret-${randomBytes(8).toString("hex")}`,
    phone: unusedPhone(),
  };
}

/** Well-formed, and nobody's. */
export function nobodysThings(): Things {
  const texts = newTexts();
  const ids = Object.fromEntries(ID_KINDS.map((kind) => [kind, newId()])) as Record<IdKind, string>;
  return { ...ids, ...texts, email: `owner.${texts.canary}@users.example`, period: "2099-12" };
}

/** Where a hash is stored of which nobody knows what it is of. */
export function newHash(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(randomBytes(32));
}
