import { MAX_CONTACT_IDENTIFIERS, MAX_CONTACT_TAGS, mistakeInMetadata, type Identifier } from "../contacts/index.ts";
import { keyOf, type MatchedContact } from "./match-rows.ts";
import { EMPTY_STATE, mergeRow, type ContactState } from "./merge-row.ts";
import { RowRefusal, type ContactRow } from "./read-row.ts";

/** What became of a row. */
export type RowOutcome = "created" | "updated" | "unchanged" | RowRefusal;

/** A contact who is there, before the rows. */
export interface KnownContact {
  state: ContactState;
  /** How many they have. */
  identifiers: number;
}

interface Judgement {
  outcomes: Map<ContactRow, RowOutcome>;
  /** By their ids, as contacts are afterwards. */
  after: Map<string, ContactState>;
  changed: Set<MatchedContact>;
  /** Rows of more than a contact may have. What they claim is not to be claimed: the others are matched anew without them. */
  overfull: Map<ContactRow, RowRefusal>;
}

/** What contacts are after their rows, as if those were written one after the other, and what that makes of each row. */
export function judgeRows(
  contacts: readonly MatchedContact[],
  known: ReadonlyMap<string, KnownContact>,
  { skipsMatches }: { skipsMatches: boolean },
): Judgement {
  const judged: Judgement = { outcomes: new Map(), after: new Map(), changed: new Set(), overfull: new Map() };
  for (const contact of contacts) {
    const before = known.get(contact.id);
    const claimed = new Map(contact.claimed.map((identifier) => [keyOf(identifier), identifier]));
    let [state, identifiers]: [ContactState, number] = [before?.state ?? EMPTY_STATE, before?.identifiers ?? 0];
    for (const [index, row] of contact.rows.entries()) {
      const makesIt = contact.isNew && index === 0;
      if (skipsMatches && !makesIt) {
        judged.outcomes.set(row, "unchanged");
        continue;
      }
      const merged = mergeRow(state, row);
      const brought = broughtBy(row, claimed);
      const refusal = refusalOf({ state, merged, identifiers, brought });
      if (refusal) {
        judged.overfull.set(row, refusal);
        continue;
      }
      const isChange = merged !== state || brought > 0;
      if (isChange && !makesIt) judged.changed.add(contact);
      judged.outcomes.set(row, makesIt ? "created" : isChange ? "updated" : "unchanged");
      [state, identifiers] = [merged, identifiers + brought];
    }
    judged.after.set(contact.id, state);
  }
  return judged;
}

/** How many of what the contact claims the row is the first to name. */
function broughtBy(row: ContactRow, claimed: Map<string, Identifier>): number {
  return row.identifiers.filter((identifier) => claimed.delete(keyOf(identifier))).length;
}

/** What grows with every file has an end; who has more already keeps it. */
function refusalOf({
  state,
  merged,
  identifiers,
  brought,
}: {
  state: ContactState;
  merged: ContactState;
  identifiers: number;
  brought: number;
}): RowRefusal | undefined {
  if (brought > 0 && identifiers + brought > MAX_CONTACT_IDENTIFIERS) {
    return new RowRefusal(`the contact would have more than ${MAX_CONTACT_IDENTIFIERS} identifiers`);
  }
  if (merged.tags.length > Math.max(MAX_CONTACT_TAGS, state.tags.length)) {
    return new RowRefusal(`tags: the contact would have more than ${MAX_CONTACT_TAGS}`);
  }
  const mistake = merged === state ? undefined : mistakeInMetadata(merged.metadata);
  return mistake === undefined ? undefined : new RowRefusal(`metadata: with what the contact has it ${mistake}`);
}
