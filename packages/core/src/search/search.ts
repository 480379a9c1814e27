import { together, type Sql } from "@parley/db";
import { assertAllowed, authorize, isAllowed, userIdOf, type Action, type RequestContext } from "../context/index.ts";
import type { Page } from "../paging/index.ts";
import { describeFound } from "./describe-found.ts";
import { findExactly } from "./found-exactly.ts";
import { findNames } from "./found-names.ts";
import { findTexts, type Candidate, type FoundTexts } from "./found-texts.ts";
import { refreshIndex } from "./index-pending.ts";
import { FoundType, type FoundJson, type SearchedJson, type SearchQuery } from "./schemas.ts";
import { readSearchPosition, toSearchCursor, type SearchPosition, type Window } from "./search-cursor.ts";
import { filterValues, isJudgedOutside, isOfConversations, type FilterValues } from "./search-filter.ts";

/** Of each type so many are ranked at a time, the newest first. */
const MOST = 200;
/** So many are looked through where statuses, people or tags are asked for, which the index does not know. */
const MOST_JUDGED = 2_000;
/** Windows that one request looks into while nothing in them is meant. */
const MOST_WINDOWS = 5;
const BEGINNING: Window = { from: null, to: null };

const READS: Record<FoundType, Action> = {
  CONTACT: "contacts.read",
  CONVERSATION: "conversations.read",
  MESSAGE: "messages.read",
  TICKET: "tickets.read",
};

/** A page of results, and what was looked through for it. */
export interface SearchPage extends Page<FoundJson> {
  searched: SearchedJson;
}

interface Asked {
  types: readonly FoundType[];
  values: FilterValues;
  most: number;
  withContacts: boolean;
}

/**
 * What the company has of what was typed, the best first: of each type the newest that match are ranked by how well they fit
 * and how recent they are. Where one type of texts is asked for, its pages go on to what is older. Refuses a type that the
 * caller may not read.
 */
export async function search(ctx: RequestContext, query: SearchQuery): Promise<SearchPage> {
  const tenantId = authorize(ctx, "search.use");
  const types = typesOf(ctx, query.type);
  let position = readSearchPosition(query.cursor) ?? { asOf: ctx.clock.now(), windows: {}, after: null };
  await refreshIndex(ctx, tenantId);
  const asked: Asked = {
    types,
    values: filterValues(query, { tenantId, me: userIdOf(ctx.actor) }),
    most: isJudgedOutside(query) ? MOST_JUDGED : MOST,
    withContacts: types.includes("CONTACT") && !isOfConversations(query),
  };
  return ctx.database.tenantSql(tenantId).transaction(async (tx) => {
    for (let windows = 1; ; windows += 1) {
      const { candidates, next, ...found } = await findCandidates(tx, asked, position);
      const page = cutWindow(candidates, query.limit, found.position, next);
      if (page.data.length > 0 || !page.next || windows === MOST_WINDOWS) {
        const data = await describeFound(tx, { tenantId, typed: query.q }, page.data);
        const searched = { isComplete: found.isComplete, newest: asked.most };
        return { data, page: { nextCursor: page.next && toSearchCursor(page.next) }, searched };
      }
      position = page.next;
    }
  });
}

/** What is asked for and may be read; by default all that may. */
function typesOf({ actor }: RequestContext, asked: readonly FoundType[] | undefined): FoundType[] {
  for (const type of asked ?? []) assertAllowed(actor, READS[type]);
  return asked ? [...new Set(asked)] : Object.values(FoundType).filter((type) => isAllowed(actor, READS[type]));
}

/** What is in the windows of a position; those, with their ends; and where it goes on behind them. */
async function findCandidates(
  tx: Sql,
  { types, values, most, withContacts }: Asked,
  position: SearchPosition,
): Promise<{ candidates: Candidate[]; position: SearchPosition; next: SearchPosition | null; isComplete: boolean }> {
  const { asOf, windows } = position;
  const textsOf = async (type: "MESSAGE" | "TICKET"): Promise<FoundTexts> =>
    types.includes(type)
      ? findTexts(tx, type, values, { window: windows[type] ?? BEGINNING, most, asOf })
      : { candidates: [], end: null };
  const conversations = types.includes("CONVERSATION");
  const [tickets, messages, exactly, names] = await together([
    textsOf("TICKET"),
    textsOf("MESSAGE"),
    types.includes("TICKET") ? findExactly(tx, values) : [],
    withContacts || conversations
      ? findNames(tx, values, { contacts: withContacts, conversations, most: MOST, asOf })
      : { candidates: [], isComplete: true },
  ]);
  const known = new Set(exactly.map(({ id }) => id));
  const isFirst = !windows.TICKET?.from;
  const candidates = [
    ...(isFirst ? exactly : []),
    ...tickets.candidates.filter(({ id }) => !known.has(id)),
    ...messages.candidates,
    ...names.candidates,
  ];
  const ended = {
    ...(types.includes("TICKET") && { TICKET: { from: windows.TICKET?.from ?? null, to: tickets.end } }),
    ...(types.includes("MESSAGE") && { MESSAGE: { from: windows.MESSAGE?.from ?? null, to: messages.end } }),
  };
  const isComplete = names.isComplete && tickets.end === null && messages.end === null;
  const [only] = types;
  const end = tickets.end ?? messages.end;
  const goesOn = types.length === 1 && (only === "TICKET" || only === "MESSAGE") && end !== null;
  const next = goesOn ? { asOf, windows: { [only]: { from: end, to: null } }, after: null } : null;
  return { candidates, position: { ...position, windows: ended }, next, isComplete };
}

/** The best of what comes behind the last that was shown, and the position behind them. */
function cutWindow(
  candidates: readonly Candidate[],
  limit: number,
  position: SearchPosition,
  next: SearchPosition | null,
): { data: Candidate[]; next: SearchPosition | null } {
  const { after } = position;
  const left = candidates.toSorted(byScore).filter((candidate) => after === null || byScore(after, candidate) < 0);
  const data = left.slice(0, limit);
  const last = data.at(-1);
  if (left.length <= limit || !last) return { data, next };
  return { data, next: { ...position, after: { score: last.score, id: last.id } } };
}

function byScore(one: Pick<Candidate, "score" | "id">, other: Pick<Candidate, "score" | "id">): number {
  return other.score - one.score || (one.id < other.id ? 1 : one.id > other.id ? -1 : 0);
}
