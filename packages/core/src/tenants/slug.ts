import { randomBytes } from "node:crypto";
import type { Tx } from "@parley/db";

export const SLUG_LENGTH = 48;

/** A slug for a new company of this name that nobody has now. Somebody may take it before the transaction commits. */
export async function freeSlug(tx: Tx, name: string): Promise<string> {
  const slug = slugOf(name);
  const taken = await tx.tenant.findUnique({ where: { slug }, select: { id: true } });
  return taken ? `${slug}-${randomBytes(4).toString("hex")}` : slug;
}

/** "Café Müller & Co." → "cafe-muller-co". */
export function slugOf(name: string): string {
  const letters = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const slug = letters
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, SLUG_LENGTH)
    .replace(/^-|-$/g, "");
  return slug === "" ? "tenant" : slug;
}
