import { TransactionConflict, type Sql } from "@parley/db";
import { newId } from "@parley/runtime";
import { asEventActor, type Actor, type SystemContext } from "../context/index.ts";
import { publishEventsSql, type NewEvent } from "../events/index.ts";
import * as statements from "./contact-statements.ts";
import { keyOf, matchRows, twinOf, type MatchedContact } from "./match-rows.ts";
import { changedParts, EMPTY_STATE, mergeRow, type ContactState } from "./merge-row.ts";
import { RowRefusal, type ContactRow } from "./read-row.ts";

/** What became of a row. */
export type RowOutcome = "created" | "updated" | "unchanged" | RowRefusal;

interface ContactWriting {
  tenantId: string;
  importId: string;
  /** In whose name. */
  creator: Actor;
  isDryRun: boolean;
  skipsMatches: boolean;
}

/**
 * Writes a batch of rows set-wise, with the same result as one after the other, and tells what became of each. Locks
 * identifiers, then contacts. In a dry run nothing is written but the identifiers, aside, so that later batches know who
 * would be there; of such contacts nothing else is known, so a row that tells something of one counts as a change.
 */
export async function writeContacts(
  ctx: SystemContext,
  sql: Sql,
  rows: readonly ContactRow[],
  writing: ContactWriting,
): Promise<Map<ContactRow, RowOutcome>> {
  const { skipsMatches } = writing;
  const held = await holdIdentifiers(sql, rows, writing);
  const { contacts, found, claiming } = matchRows(rows, (key) => held.get(keyOf(key)), { skipsMatches, newId });
  await claim(ctx, sql, contacts, writing);

  const before = await readStates(sql, contacts, writing);
  const states = new Map(before);
  const outcomes = new Map<ContactRow, RowOutcome>();
  for (const [row, result] of found) if (result instanceof RowRefusal) outcomes.set(row, result);
  const changed = new Set<MatchedContact>();
  for (const contact of contacts) {
    for (const [index, row] of contact.rows.entries()) {
      const isFirst = contact.isNew && index === 0;
      const outcome = !isFirst && skipsMatches ? "unchanged" : take(contact, row, isFirst);
      outcomes.set(row, outcome);
      if (outcome === "updated") changed.add(contact);
    }
  }
  if (!writing.isDryRun) await write(ctx, sql, { contacts, changed, before, after: states }, writing);
  return outcomes;

  function take(contact: MatchedContact, row: ContactRow, isFirst: boolean): RowOutcome {
    const state = states.get(contact.id) ?? EMPTY_STATE;
    const merged = mergeRow(state, row);
    states.set(contact.id, merged);
    if (isFirst) return "created";
    return merged !== state || claiming.has(row) ? "updated" : "unchanged";
  }
}

/** Who has the identifiers of the rows, and their twins. */
async function holdIdentifiers(
  sql: Sql,
  rows: readonly ContactRow[],
  { tenantId, importId, isDryRun }: ContactWriting,
): Promise<Map<string, string>> {
  const asked = new Map(
    rows.flatMap(({ identifiers }) =>
      identifiers.flatMap((each) => [each, twinOf(each) ?? each]).map((each) => [keyOf(each), each]),
    ),
  );
  const keys = [...asked.values()];
  const columns = [keys.map(({ type }) => type), keys.map(({ value }) => value)];
  const found = isDryRun
    ? [
        ...(await sql.rows(statements.FIND_KEYS, [tenantId, importId, ...columns])),
        ...(await sql.rows(statements.FIND_IDENTIFIERS, [tenantId, ...columns])),
      ]
    : await sql.rows(statements.HOLD_IDENTIFIERS, [tenantId, ...columns]);
  return new Map(found.map((each) => [keyOf(each), each.contactId]));
}

async function claim(
  ctx: SystemContext,
  sql: Sql,
  contacts: readonly MatchedContact[],
  { tenantId, importId, isDryRun }: ContactWriting,
): Promise<void> {
  const claims = contacts.flatMap(({ id, isNew, claimed }) =>
    claimed.map(({ type, value }, index) => {
      const isFirst = claimed.findIndex((other) => other.type === type) === index;
      return { type, value, id, isNew, isFirst };
    }),
  );
  if (claims.length === 0) return;
  const columns = [claims.map(({ type }) => type), claims.map(({ value }) => value), claims.map(({ id }) => id)];
  if (isDryRun) {
    await sql.run(statements.INSERT_KEYS, [tenantId, importId, ...columns]);
    return;
  }
  const flags = [claims.map(({ isFirst }) => isFirst), claims.map(({ isNew }) => isNew)];
  const claimed = await sql.run(statements.CLAIM_IDENTIFIERS, [tenantId, ...columns, ...flags, ctx.clock.now()]);
  if (claimed < claims.length) throw new TransactionConflict("somebody else has claimed an identifier meanwhile");
}

/** Of the contacts that are there, as they are now, locked unless nothing is to be written. */
async function readStates(
  sql: Sql,
  contacts: readonly MatchedContact[],
  { tenantId, isDryRun }: ContactWriting,
): Promise<Map<string, ContactState>> {
  const ids = contacts.filter(({ isNew }) => !isNew).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const query = isDryRun ? statements.FIND_CONTACTS : statements.LOCK_CONTACTS;
  const found = await sql.rows(query, [tenantId, ids]);
  if (!isDryRun && found.length < ids.length) throw new TransactionConflict("a contact was removed meanwhile");
  return new Map(found.map(({ id, ...state }) => [id, state]));
}

interface Changes {
  contacts: readonly MatchedContact[];
  changed: ReadonlySet<MatchedContact>;
  before: ReadonlyMap<string, ContactState>;
  after: ReadonlyMap<string, ContactState>;
}

async function write(
  ctx: SystemContext,
  sql: Sql,
  { contacts, changed, before, after }: Changes,
  { tenantId, importId, creator }: ContactWriting,
): Promise<void> {
  const made = contacts.filter(({ isNew }) => isNew);
  const known = contacts.filter((contact) => !contact.isNew && changed.has(contact));
  const columnsOf = (some: readonly MatchedContact[]): unknown[] => {
    const given = some.map(({ id }) => ({ id, ...(after.get(id) ?? EMPTY_STATE) }));
    return [
      given.map(({ id }) => id),
      given.map(({ name }) => name),
      given.map(({ tags }) => JSON.stringify(tags)),
      given.map(({ attributes }) => JSON.stringify(attributes)),
      given.map(({ metadata }) => JSON.stringify(metadata)),
    ];
  };
  const now = ctx.clock.now();
  if (made.length > 0) await sql.run(statements.INSERT_CONTACTS, [tenantId, ...columnsOf(made), now]);
  if (known.length > 0) await sql.run(statements.UPDATE_CONTACTS, [tenantId, ...columnsOf(known), now]);
  const subjects = { tenantId, ...asEventActor(creator) };
  const changedOf = ({ id, claimed }: MatchedContact): string[] => [
    ...changedParts(before.get(id) ?? EMPTY_STATE, after.get(id) ?? EMPTY_STATE),
    ...(claimed.length > 0 ? ["identifiers"] : []),
  ];
  const eventOf = (type: NewEvent["type"], contactId: string, data: object): NewEvent => ({
    ...subjects,
    type,
    contactId,
    data: {
      importId,
      ...data,
    },
  });
  await publishEventsSql(ctx, sql, [
    ...made.map(({ id }) => eventOf("CONTACT_CREATED", id, {})),
    ...known.map((contact) => eventOf("CONTACT_CHANGED", contact.id, { changed: changedOf(contact) })),
  ]);
}
