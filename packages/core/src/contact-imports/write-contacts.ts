import { together, TransactionConflict, type Sql } from "@parley/db";
import { newId } from "@parley/runtime";
import { asEventActor, type Actor, type SystemContext } from "../context/index.ts";
import { publishEventsSql, type NewEvent } from "../events/index.ts";
import { readErasedSince } from "../person-traces/index.ts";
import * as statements from "./contact-statements.ts";
import { findByIds } from "./find-by-ids.ts";
import { importedId } from "./imported-id.ts";
import { judgeRows, type KnownContact, type RowOutcome } from "./judge-rows.ts";
import { keyOf, matchRows, twinOf, type MatchedContact } from "./match-rows.ts";
import { changedParts, EMPTY_STATE, type ContactState } from "./merge-row.ts";
import { RowRefusal, type ContactRow } from "./read-row.ts";
import { refuseErased } from "./refuse-erased.ts";

interface ContactWriting {
  tenantId: string;
  importId: string;
  /** In whose name. */
  creator: Actor;
  isDryRun: boolean;
  skipsMatches: boolean;
  /** When the file began to arrive. */
  since: Date;
}

/** Thrown when rows are to be refused that have claimed something already: the batch begins anew without them. */
export class OverfullContacts extends Error {
  readonly rows: ReadonlyMap<ContactRow, RowRefusal>;

  constructor(rows: ReadonlyMap<ContactRow, RowRefusal>) {
    super("rows of a batch make more of a contact than one may be");
    this.rows = rows;
  }
}

/**
 * Writes a batch of rows set-wise, with the same result as one after the other, and tells what became of each. Locks
 * identifiers, then contacts. In a dry run nothing is written but the identifiers, aside, so that later batches know who
 * would be there; of such contacts nothing else is known, so a row that tells something of one counts as a change.
 * Refuses rows of people who are erased since, and rows with the id of anybody who was erased. Throws `OverfullContacts`.
 */
export async function writeContacts(
  ctx: SystemContext,
  sql: Sql,
  rows: readonly ContactRow[],
  writing: ContactWriting,
): Promise<Map<ContactRow, RowOutcome>> {
  const { skipsMatches, tenantId } = writing;
  const [held, erased, ids] = await together([
    holdIdentifiers(sql, rows, writing),
    // Asked once the identifiers are held: whose are not there any more is known to be erased.
    readErasedSince(sql, ctx.keyring, writing),
    findByIds(sql, rows, writing),
  ]);
  const refusals = refuseErased(rows, { erased, ids });
  const { contacts, found } = matchRows(
    rows.filter((row) => !refusals.has(row)),
    { holderOf: (key) => held.get(keyOf(key)), contactOf: ids.contactOf },
    { skipsMatches, newId, importedId: (id) => importedId(tenantId, id) },
  );
  await claim(ctx, sql, contacts, writing);
  const before = await readStates(sql, contacts, writing);
  const { outcomes, after, changed, overfull } = judgeRows(contacts, before, { skipsMatches });
  if (overfull.size > 0) throw new OverfullContacts(overfull);
  if (!writing.isDryRun) await write(ctx, sql, { contacts, changed, before, after }, writing);
  for (const [row, result] of found) if (result instanceof RowRefusal) outcomes.set(row, result);
  for (const [row, refusal] of refusals) outcomes.set(row, refusal);
  return outcomes;
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
  if (isDryRun) {
    // Who came with an id is recognised by that as well.
    const named = contacts.filter(({ isNew, rows: [first] }) => isNew && (first?.contactId ?? null) !== null);
    const keys = [...claims, ...named.map(({ id }) => ({ type: "CONTACT", value: id, id }))];
    const values = [keys.map(({ type }) => type), keys.map(({ value }) => value), keys.map(({ id }) => id)];
    if (keys.length > 0) await sql.run(statements.INSERT_KEYS, [tenantId, importId, ...values]);
    return;
  }
  if (claims.length === 0) return;
  const columns = [claims.map(({ type }) => type), claims.map(({ value }) => value), claims.map(({ id }) => id)];
  const flags = [claims.map(({ isFirst }) => isFirst), claims.map(({ isNew }) => isNew)];
  const claimed = await sql.run(statements.CLAIM_IDENTIFIERS, [tenantId, ...columns, ...flags, ctx.clock.now()]);
  if (claimed < claims.length) throw new TransactionConflict("somebody else has claimed an identifier meanwhile");
}

/** Of the contacts that are there, as they are now, locked unless nothing is to be written. */
async function readStates(
  sql: Sql,
  contacts: readonly MatchedContact[],
  { tenantId, isDryRun }: ContactWriting,
): Promise<Map<string, KnownContact>> {
  const ids = contacts.filter(({ isNew }) => !isNew).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const query = isDryRun ? statements.FIND_CONTACTS : statements.LOCK_CONTACTS;
  const found = await sql.rows(query, [tenantId, ids]);
  if (!isDryRun && found.length < ids.length) throw new TransactionConflict("a contact was removed meanwhile");
  if (!isDryRun && found.some(({ isErased }) => isErased))
    throw new TransactionConflict("a contact was erased meanwhile");
  // What it claims is claimed by now.
  const claimed = new Map(contacts.map((contact) => [contact.id, isDryRun ? 0 : contact.claimed.length]));
  return new Map(
    found.map(({ id, identifiers, name, tags, attributes, metadata }) => [
      id,
      { state: { name, tags, attributes, metadata }, identifiers: identifiers - (claimed.get(id) ?? 0) },
    ]),
  );
}

interface Changes {
  contacts: readonly MatchedContact[];
  changed: ReadonlySet<MatchedContact>;
  before: ReadonlyMap<string, KnownContact>;
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
    ...changedParts(before.get(id)?.state ?? EMPTY_STATE, after.get(id) ?? EMPTY_STATE),
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
