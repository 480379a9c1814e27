import { isDeepStrictEqual } from "node:util";
import type { ContactRow } from "./read-row.ts";

/** What rows change of a contact, besides its identifiers. */
export type ContactState = Pick<ContactRow, "name" | "tags" | "metadata"> & { attributes: Record<string, unknown> };

export const EMPTY_STATE: ContactState = { name: null, tags: [], attributes: {}, metadata: {} };

/** The contact as a row wants it: what the row does not tell of stays. The same object where nothing differs. */
export function mergeRow(state: ContactState, row: ContactRow): ContactState {
  const merged = {
    name: row.name ?? state.name,
    tags: [...new Set([...state.tags, ...row.tags])],
    attributes: { ...state.attributes, ...row.attributes },
    metadata: { ...state.metadata, ...row.metadata },
  };
  return isDeepStrictEqual(merged, { ...state }) ? state : merged;
}

/** Which parts of a contact are others afterwards. */
export function changedParts(before: ContactState, after: ContactState): string[] {
  const parts = ["name", "tags", "attributes", "metadata"] as const;
  return parts.filter((part) => !isDeepStrictEqual(before[part], after[part]));
}
