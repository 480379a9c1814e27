import { ContactImportMatch, ContactImportStatus } from "@parley/db";
import { z } from "zod";
import { TEXT_ENCODINGS } from "../csv/index.ts";
import { enumInput, jsonEnum, lineText, queryBoolean, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { CsvUpload } from "./csv-upload.ts";
import { importColumn, importField } from "./import-field.ts";

/** Of a file within JSON; others may be larger by far. */
const MAX_TEXT = 1_000_000;
const TOO_LONG = `must be a text of at most ${MAX_TEXT} characters; send a longer one as text/csv or multipart/form-data`;

export const DELIMITER_NAMES = { comma: ",", semicolon: ";", tab: "\t", pipe: "|" } as const;
const delimiterName = z.enum(["comma", "semicolon", "tab", "pipe"]);

const mapping = z
  .record(z.string().max(1_000), importField.nullable())
  .optional()
  .meta({
    description:
      "By the header of each column what it stands for; null, or left out: nothing. Guessed by the headers unless given.",
    example: { "E-mail": "email", Customer: "name", Tier: "attributes.tier" },
  });
const encoding = z.enum(TEXT_ENCODINGS).optional().meta({ description: "Told by the bytes unless given." });
const delimiter = delimiterName.optional().meta({ description: "Told by the first lines unless given." });
const fileName = lineText(200).optional().meta({ example: "contacts.csv" });
const onMatch = enumInput(ContactImportMatch).optional().meta({
  description: "What becomes of a row whose contact is there already; update unless given.",
  example: "update",
});

export const createContactImportInput = z
  .strictObject({
    // Only what came in a stream of its own is an upload; JSON makes none.
    csv: z
      .custom<string | CsvUpload>(
        (value) => value instanceof CsvUpload || (typeof value === "string" && value.length <= MAX_TEXT),
        TOO_LONG,
      )
      .meta({
        type: "string",
        maxLength: MAX_TEXT,
        description: "The file. Its first line names the columns.",
        example: "name,email\r\nCustomer One,one@customers.example\r\n",
      }),
    mapping,
    encoding,
    delimiter,
    fileName,
    onMatch,
    dryRun: z
      .boolean()
      .optional()
      .meta({ description: "Reads and judges all rows and changes nothing. `run` makes it real afterwards." }),
  })
  .meta({ id: "CreateContactImport" });
export type CreateContactImportInput = z.output<typeof createContactImportInput>;

/** The same beside a file that is the whole body. */
export const contactImportQuery = z.strictObject({
  mapping: z
    .string()
    .max(50_000)
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue("must be a JSON object");
        return z.NEVER;
      }
    })
    .pipe(mapping)
    .optional()
    .meta({ description: "As in the body, as JSON.", example: '{"E-mail":"email","Customer":"name"}' }),
  encoding,
  delimiter,
  fileName,
  onMatch,
  dryRun: queryBoolean(),
});

const count = (description: string) => z.int().min(0).meta({ description, example: 12 });

export const contactImportJson = z
  .object({
    id: z.uuid(),
    status: jsonEnum(ContactImportStatus),
    dryRun: z.boolean(),
    onMatch: jsonEnum(ContactImportMatch),
    fileName: z.string().nullable(),
    encoding: z.enum(TEXT_ENCODINGS),
    delimiter: delimiterName,
    columns: z.array(importColumn),
    size: count("Bytes of the file."),
    progress: z.number().min(0).max(1).meta({ description: "How much of the file has been read.", example: 0.25 }),
    rows: count("How many rows below the header have been read."),
    created: count("How many made a contact."),
    updated: count("How many changed one."),
    unchanged: count("How many found one who is so already, or was to be skipped."),
    failed: count("How many were not taken."),
    reason: z.string().nullable().meta({ description: "Why it failed as a whole.", example: null }),
    createdBy: z.uuid().meta({ description: "The user or the API key in whose name it runs." }),
    createdAt: timeJson,
    finishedAt: timeJson.nullable(),
  })
  .meta({ id: "ContactImport" });
export type ContactImportJson = z.infer<typeof contactImportJson>;

export const shownContactImportJson = contactImportJson
  .extend({
    firstErrors: z
      .array(
        z.object({
          row: z.int().meta({ description: "In the file; the header is row 1, empty lines do not count.", example: 3 }),
          reason: z.string().meta({ example: "email: is not an e-mail address" }),
        }),
      )
      .meta({ description: "The first of the rows that were not taken; all are in the CSV of errors." }),
  })
  .meta({ id: "ShownContactImport" });
export type ShownContactImportJson = z.infer<typeof shownContactImportJson>;

export const listContactImportsQuery = pageQuery.extend({ status: enumInput(ContactImportStatus).optional() });
export type ListContactImportsQuery = z.output<typeof listContactImportsQuery>;
