import { statement, type Sql } from "@parley/db";
import type { FilterValues } from "./search-filter.ts";
import { fits, INBOXES } from "./search-filter.ts";
import type { Place, Window } from "./search-cursor.ts";
import { rounded, scoreText, type Scored } from "./score-found.ts";

/** A result before anything of it is shown. */
export interface Candidate extends Scored {
  type: "CONTACT" | "CONVERSATION" | "MESSAGE" | "TICKET";
  id: string;
  /** Of texts: by whose grammar it was read. */
  language?: string | null;
}

interface Match {
  id: string;
  segment: number;
  at: Date;
  language: string | null;
  rank: number;
  fits: boolean;
}

// search_document_terms_idx, message_pkey, ticket_pkey
const MESSAGES = statement<Match>(
  "search_messages",
  `select s.id, s.segment, s.occurred_at as at, s.language, s.rank, m.id is not null and ${fits("t")} as fits
     from search_texts('MESSAGE', $2, false, ${INBOXES}, $5::timestamptz, $6::timestamptz,
                       $11::int, $12::timestamptz, $13::uuid, $14::int) s
     left join message m on m.tenant_id = $1::uuid and m.id = s.id
     left join ticket t on t.tenant_id = $1::uuid and t.id = m.ticket_id
    order by s.segment desc, s.occurred_at desc, s.id desc`,
);

// search_document_terms_idx, ticket_pkey
const TICKETS = statement<Match>(
  "search_tickets",
  `select s.id, s.segment, s.occurred_at as at, s.language, s.rank, t.id is not null and ${fits("t")} as fits
     from search_texts('TICKET', $2, true, ${INBOXES}, $5::timestamptz, $6::timestamptz,
                       $11::int, $12::timestamptz, $13::uuid, $14::int) s
     left join ticket t on t.tenant_id = $1::uuid and t.id = s.id
    order by s.segment desc, s.occurred_at desc, s.id desc`,
);

export interface FoundTexts {
  candidates: Candidate[];
  /** The last place that was looked at; null when nothing is left behind it. */
  end: Place | null;
}

/** Of a window into which more than so many have come since, the oldest are left out. */
const MOST_READ = 25_000;
/** What a message's words weigh against a subject's. */
const WEIGHT = { MESSAGE: 0.8, TICKET: 1 } as const;

/**
 * The messages or tickets whose text is meant, within `window`: at first the newest `most` behind its beginning, later those
 * down to its end.
 */
export async function findTexts(
  sql: Sql,
  type: "MESSAGE" | "TICKET",
  values: FilterValues,
  { window: { from, to }, most, asOf }: { window: Window; most: number; asOf: Date },
): Promise<FoundTexts> {
  const query = type === "MESSAGE" ? MESSAGES : TICKETS;
  const read = (limit: number): Promise<Match[]> =>
    sql.rows(query, [...values, ...(from ?? [null, null, null]), limit]);
  const matches = to === null ? await read(most) : await readDownTo(to, most, read);
  const within = to === null ? matches : matches.filter((match) => !isBehind(placeOf(match), to));
  const last = within.at(-1);
  return {
    candidates: within
      .filter((match) => match.fits)
      .map(({ id, at, rank, language }) => ({
        type,
        id,
        language,
        score: rounded(WEIGHT[type] * scoreText(rank, at, asOf)),
        matchedBy: "TEXT",
      })),
    end: to ?? (matches.length === most && last ? placeOf(last) : null),
  };
}

/** What came in since the first page stands in a window, too: there is room for more each time. */
async function readDownTo(to: Place, most: number, read: (limit: number) => Promise<Match[]>): Promise<Match[]> {
  for (let limit = 2 * most; ; limit *= 4) {
    const matches = await read(limit);
    const last = matches.at(-1);
    if (matches.length < limit || !last || limit >= MOST_READ || !isBehind(to, placeOf(last))) return matches;
  }
}

function placeOf({ segment, at, id }: Match): Place {
  return [segment, at.toISOString(), id];
}

/** Newest first. */
function isBehind([segment, at, id]: Place, [otherSegment, otherAt, otherId]: Place): boolean {
  if (segment !== otherSegment) return segment < otherSegment;
  return at === otherAt ? id < otherId : at < otherAt;
}
