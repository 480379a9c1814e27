import { sqlOf, statement, type AnyTx } from "@parley/db";
import { askedWords } from "./asked-words.ts";

/** What is looked for: what a customer writes, and in which language; null: every snippet in its own. */
export interface SnippetQuestion {
  text: string;
  language: string | null;
  limit: number;
}

export interface FoundSnippet {
  id: string;
  title: string;
  body: string;
  language: string;
  /** The greater the better; says nothing by itself. */
  rank: number;
  /** How much of the question it speaks of, 0 to 1; less where the question has few words. */
  confidence: number;
}

// knowledge_snippet_pkey. Of the question's words those count that the snippet's language does not leave out and that
// have a letter: numbers are of orders. A word's weight in the title is four times that in the body. What a snippet says is
// long enough to be stored compressed; "|| ''" unpacks it once and not for each word.
const FIND = statement<FoundSnippet>(
  "snippet_find",
  `with spoken as (
     select distinct language from knowledge_snippet
      where tenant_id = $1 and is_active and ($2::text is null or language = $2)
   ), asked as materialized (
     select language, w.words, w.any_word
       from spoken
      cross join lateral (
             select array_agg(word::tsquery) as words, string_agg(word, ' | ')::tsquery as any_word
               from (select '''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''' as word
                       from unnest(to_tsvector(snippet_config(language), $3))
                      where lexeme ~ '[[:alpha:]]'
                      limit 60) as lexemes) as w
      where w.words is not null
   ), found as (
     select s.id, s.title, s.body, s.language, h.hits, cardinality(a.words) as size,
            ts_rank_cd('{0.1, 0.2, 0.25, 1.0}', t.terms, a.any_word, 1) as cover
       from asked a
       join knowledge_snippet s on s.tenant_id = $1 and s.is_active and s.language = a.language
      cross join lateral (select s.terms || '' as terms offset 0) as t
      cross join lateral (select count(*)::int as hits from unnest(a.words) as word where t.terms @@ word) as h
      where h.hits > 0
   )
   select id, title, body, language, cover * hits / size as rank,
          round(hits::numeric / size * hits / (hits + 1), 3)::float8 as confidence
     from found
    order by rank desc, id
    limit $4`,
);

/**
 * The snippets that speak of what a text is about, the best first. Full text search: any of the text's words, stemmed as
 * the snippet's language has it; those go first that have most of them, and have them in the title or close together.
 *
 * Under row-level security an index on the words would not be used, because the operator is not leakproof; every active
 * snippet of the tenant is looked at. They are MOST_SNIPPETS at most: for these, of 150 words each, a tenth of a second.
 */
export async function findSnippets(
  tx: AnyTx,
  tenantId: string,
  { text, language, limit }: SnippetQuestion,
): Promise<FoundSnippet[]> {
  const words = askedWords(text);
  if (words === "") return [];
  return sqlOf(tx).rows(FIND, [tenantId, language, words, limit]);
}
