import type pg from "pg";
import { english } from "./english.ts";
import { french } from "./french.ts";
import { german } from "./german.ts";
import { italian } from "./italian.ts";
import { spanish } from "./spanish.ts";
import { TOPICS, type Phrases, type Topic } from "./topics.ts";

/** The languages that customers write, with how often; a company's own is the first. */
export const LANGUAGES = { fr: 45, en: 25, de: 12, es: 10, it: 8 } as const;
export type LoadedLanguage = keyof typeof LANGUAGES;

const PHRASES: Readonly<Record<LoadedLanguage, Phrases>> = {
  fr: french,
  en: english,
  de: german,
  es: spanish,
  it: italian,
};

const CREATE = `
  create temp table phrases (
    language text, topic text, greetings text[], closings text[], questions text[], replies text[], answers text[],
    signatures text[], notes text[], products text[], primary key (language, topic)
  )`;

/** Makes the temporary table `phrases` on this connection: all that can be written, by language and topic. */
export async function writePhrases(client: pg.Client): Promise<void> {
  await client.query(CREATE);
  for (const [language, phrases] of Object.entries(PHRASES)) {
    for (const topic of Object.keys(TOPICS) as Topic[]) {
      const { greetings, closings, questions, replies, answers, signatures, notes, products } = phrases;
      await client.query("insert into phrases values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", [
        language,
        topic,
        greetings,
        closings,
        questions[topic],
        replies,
        answers[topic],
        signatures,
        notes,
        products,
      ]);
    }
  }
  await client.query("analyze phrases");
}
