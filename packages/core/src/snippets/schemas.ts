import { z } from "zod";
import { bodyText, lineText, queryBoolean, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { searchText } from "../search/index.ts";

/** No longer than what a message can hold: a snippet may become a reply as it is. */
const MAX_BODY = 4_000;
const MAX_TAGS = 20;
const MAX_QUESTION = 2_000;

const EXAMPLE_BODY = "You can send an item back within 30 days. Put the label that we mail you on the parcel.";

export const snippetJson = z
  .object({
    id: z.uuid(),
    title: z.string().meta({ example: "Returns" }),
    body: z.string().meta({ example: EXAMPLE_BODY }),
    language: z.string().meta({ description: "ISO 639-1.", example: "en" }),
    isActive: z.boolean().meta({ description: "Whether answers may rest on it.", example: true }),
    tags: z.array(z.string()).meta({ example: ["shipping"] }),
    createdAt: timeJson,
    updatedAt: timeJson,
  })
  .meta({ id: "Snippet" });
export type SnippetJson = z.infer<typeof snippetJson>;

const title = lineText(200).meta({ example: "Returns" });
const body = bodyText(MAX_BODY).meta({ example: EXAMPLE_BODY });
const language = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z]{2}$/, 'must be a language of ISO 639-1, such as "en"')
  .meta({
    description: "ISO 639-1; decides how words are stemmed (en, fr, es, de, it; others are not).",
    example: "en",
  });
const tags = z
  .array(lineText(80))
  .max(MAX_TAGS)
  .transform((given) => [...new Set(given)])
  .meta({ example: ["shipping"] });

export const listSnippetsQuery = pageQuery.extend({
  search: searchText.optional().meta({ description: "A part of the title or the body.", example: "label" }),
  language: language.optional(),
  tag: lineText(80).optional().meta({ example: "shipping" }),
  isActive: queryBoolean(),
});
export type ListSnippetsQuery = z.output<typeof listSnippetsQuery>;

export const createSnippetInput = z
  .strictObject({ title, body, language, isActive: z.boolean().default(true), tags: tags.default([]) })
  .meta({ id: "CreateSnippet" });
export type CreateSnippetInput = z.output<typeof createSnippetInput>;

export const changeSnippetInput = z
  .strictObject({
    title: title.optional(),
    body: body.optional(),
    language: language.optional(),
    isActive: z.boolean().optional(),
    tags: tags.optional(),
  })
  .refine(
    (change) => Object.values(change).some((part) => part !== undefined),
    "must name what to change: title, body, language, isActive or tags",
  )
  .meta({ id: "ChangeSnippet" });
export type ChangeSnippetInput = z.output<typeof changeSnippetInput>;

export const searchSnippetsQuery = z.strictObject({
  q: bodyText(MAX_QUESTION).meta({
    description: "What a customer asks, in their own words.",
    example: "How do I send an item back?",
  }),
  language: language.optional().meta({ description: "Of the question; all languages are tried unless it is given." }),
  limit: z.coerce.number().int().min(1).max(20).default(5),
});
export type SearchSnippetsQuery = z.output<typeof searchSnippetsQuery>;

export const foundSnippetJson = z
  .object({
    id: z.uuid(),
    title: z.string().meta({ example: "Returns" }),
    body: z.string().meta({ example: EXAMPLE_BODY }),
    language: z.string().meta({ example: "en" }),
    rank: z.number().meta({ description: "The greater the better; says nothing by itself.", example: 0.62 }),
    confidence: z.number().meta({
      description: "How much of the question it speaks of, 0 to 1, and less where the question has few words.",
      example: 0.75,
    }),
  })
  .meta({ id: "FoundSnippet" });
export type FoundSnippetJson = z.infer<typeof foundSnippetJson>;
