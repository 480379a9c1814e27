import { createHash } from "node:crypto";

/** As Parley gives them: a UUIDv7, which begins with the time at which it was made. */
const CONTACT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The id as it is stored, or undefined for what cannot be the id of a contact. */
export function readContactId(text: string): string | undefined {
  const id = text.trim().toLowerCase();
  return CONTACT_ID.test(id) ? id : undefined;
}

/**
 * The id under which a company has whoever came in a file with an id that was never its own: another company's, or of before
 * they were deleted. The same every time, so whoever came is recognised without being known by anything else; another one for
 * each company, so it tells nobody where a file is from. It sorts where the given id did.
 */
export function importedId(tenantId: string, contactId: string): string {
  const hash = createHash("sha256").update(`${tenantId} ${contactId}`).digest("hex");
  return `${timeOf(contactId)}-7${hash.slice(0, 3)}-8${hash.slice(3, 6)}-${hash.slice(6, 18)}`;
}

/** What an id and the one that follows from it have in common. */
export function timeOf(contactId: string): string {
  return contactId.slice(0, "00000000-0000".length);
}
