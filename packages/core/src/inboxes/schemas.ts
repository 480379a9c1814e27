import { Channel, InboxStatus } from "@parley/db";
import { z } from "zod";
import { enumInput, jsonEnum, lineText, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { accountFault } from "./account.ts";

const WEEK_MINUTES = 7 * 24 * 60;

const configFields = {
  wabaId: lineText(100).meta({ description: "The WhatsApp Business Account.", example: "102290129340398" }),
  displayPhoneNumber: lineText(40).meta({ example: "+49 1511 2345678" }),
  messagesPerSecond: z.int().min(1).max(1_000).meta({
    description: "What the provider allows this account.",
    example: 80,
  }),
  unknownOutcome: z
    .strictObject({
      afterMinutes: z.int().min(1).max(WEEK_MINUTES).meta({ example: 15 }),
      then: z.enum(["hold", "fail", "resend"]),
    })
    .meta({ description: "What becomes of a message of which nobody knows whether it arrived." }),
};

/** As stored. What an earlier version wrote and this one does not know is kept out of answers. */
export const inboxConfig = z.object(configFields).partial();
export type InboxConfig = z.infer<typeof inboxConfig>;

const configInput = z.strictObject(configFields).partial();

/** It goes into HTTP headers, which take no other characters. */
const secretText = z
  .string()
  .trim()
  .max(4_096)
  .regex(/^[\x21-\x7e]+$/, "must be printable ASCII characters without spaces");

const credentialFields = {
  accessToken: secretText.meta({ description: "Of a system user.", example: "EAAB5f6071829304" }),
  appSecret: secretText.meta({ description: "Of a Meta app of your own." }),
  verifyToken: secretText.meta({ description: "Agreed on with a Meta app of your own." }),
};

/** As stored; what this version does not know is left out. */
export const inboxCredentials = z.object(credentialFields).partial();
export type InboxCredentials = z.infer<typeof inboxCredentials>;

const credentialsInput = z.strictObject(credentialFields).partial();

export const inboxJson = z
  .object({
    id: z.uuid(),
    name: z.string().meta({ example: "Support" }),
    channel: jsonEnum(Channel),
    externalId: z
      .string()
      .nullable()
      .meta({ description: "WhatsApp: the phone_number_id.", example: "106540352242922" }),
    config: inboxConfig,
    hasCredentials: z.boolean().meta({ description: "Credentials are write-only.", example: true }),
    status: jsonEnum(InboxStatus),
    pausedReason: z.string().nullable().meta({ description: "Why it was paused.", example: null }),
    createdAt: timeJson,
    updatedAt: timeJson,
  })
  .meta({ id: "Inbox" });
export type InboxJson = z.infer<typeof inboxJson>;

const name = lineText(120).meta({ example: "Support" });
const externalId = lineText(200).meta({ description: "WhatsApp: the phone_number_id.", example: "106540352242922" });

export const createInboxInput = z
  .strictObject({
    name,
    channel: enumInput(Channel),
    externalId: externalId.optional(),
    config: configInput.optional(),
    credentials: credentialsInput.optional(),
  })
  .superRefine((inbox, issues) => {
    const message = accountFault(inbox.channel, inbox.externalId);
    if (message !== undefined) issues.addIssue({ code: "custom", path: ["externalId"], message });
  })
  .meta({
    id: "CreateInbox",
    example: {
      name: "Support",
      channel: "whatsapp",
      externalId: "106540352242922",
      config: { wabaId: "102290129340398", displayPhoneNumber: "+49 1511 2345678" },
      credentials: { accessToken: "EAAB5f6071829304" },
    },
  });
export type CreateInboxInput = z.output<typeof createInboxInput>;

/** In `config` and `credentials` what is not named stays as it is, and null removes. */
export const changeInboxInput = z
  .strictObject({
    name: name.optional(),
    externalId: externalId.optional(),
    config: z
      .strictObject({
        wabaId: configFields.wabaId.nullable(),
        displayPhoneNumber: configFields.displayPhoneNumber.nullable(),
        messagesPerSecond: configFields.messagesPerSecond.nullable(),
        unknownOutcome: configFields.unknownOutcome.nullable(),
      })
      .partial()
      .optional(),
    credentials: z
      .strictObject({
        accessToken: secretText.nullable(),
        appSecret: secretText.nullable(),
        verifyToken: secretText.nullable(),
      })
      .partial()
      .optional(),
    status: enumInput(InboxStatus)
      .optional()
      .meta({ description: '"active" resumes a paused inbox and sends what has waited.' }),
  })
  .meta({ id: "ChangeInbox" });
export type ChangeInboxInput = z.output<typeof changeInboxInput>;

export const listInboxesQuery = pageQuery;
export type ListInboxesQuery = z.output<typeof listInboxesQuery>;
