import { z } from "zod";
import { bodyText, lineText, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { searchText } from "../search/index.ts";
import { MAX_TEMPLATE, TEMPLATE_HELP } from "../text-templates/index.ts";

const EXAMPLE_BODY = "Hello{% if contact.firstName %} {{ contact.firstName }}{% endif %}, we are looking into it.";

export const cannedReplyJson = z
  .object({
    id: z.uuid(),
    shortcut: z.string().meta({ example: "looking" }),
    title: z.string().meta({ example: "We are looking into it" }),
    body: z.string().meta({ example: EXAMPLE_BODY }),
    createdAt: timeJson,
    updatedAt: timeJson,
  })
  .meta({ id: "CannedReply" });
export type CannedReplyJson = z.infer<typeof cannedReplyJson>;

const shortcut = z
  .string()
  .trim()
  .max(40)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}_-]*$/u, "must be letters, digits, - and _, and begin with a letter or a digit")
  .normalize("NFC")
  .toLowerCase()
  .meta({ description: "What an agent types to find it. Kept in lower case.", example: "looking" });
const title = lineText(120).meta({ example: "We are looking into it" });
const body = bodyText(MAX_TEMPLATE).meta({ description: TEMPLATE_HELP, example: EXAMPLE_BODY });

export const listCannedRepliesQuery = pageQuery.extend({
  search: searchText.optional().meta({ description: "How the shortcut or the title begins.", example: "look" }),
});
export type ListCannedRepliesQuery = z.output<typeof listCannedRepliesQuery>;

export const createCannedReplyInput = z.strictObject({ shortcut, title, body }).meta({ id: "CreateCannedReply" });
export type CreateCannedReplyInput = z.output<typeof createCannedReplyInput>;

export const changeCannedReplyInput = z
  .strictObject({ shortcut: shortcut.optional(), title: title.optional(), body: body.optional() })
  .refine(
    (change) => Object.values(change).some((part) => part !== undefined),
    "must name what to change: shortcut, title or body",
  )
  .meta({ id: "ChangeCannedReply" });
export type ChangeCannedReplyInput = z.output<typeof changeCannedReplyInput>;

export const renderCannedReplyInput = z
  .strictObject({
    ticketId: z.uuid().optional(),
    conversationId: z.uuid().optional().meta({ description: "Then ticket is the one that is being worked on there." }),
  })
  .transform(({ ticketId, conversationId }, issues) => {
    if (ticketId !== undefined && conversationId === undefined) return { ticketId };
    if (conversationId !== undefined && ticketId === undefined) return { conversationId };
    issues.addIssue({ code: "custom", message: "must name either ticketId or conversationId" });
    return z.NEVER;
  })
  .meta({ id: "RenderCannedReply", example: { ticketId: "019c1234-5678-7436-836f-a83bc726e1c1" } });
export type RenderCannedReplyInput = z.output<typeof renderCannedReplyInput>;

export const renderedReplyJson = z
  .object({
    text: z.string().meta({ example: "Hello, we are looking into it." }),
    missing: z
      .array(z.string())
      .meta({ description: "Variables that should have stood in it and have no value here.", example: [] }),
  })
  .meta({ id: "RenderedReply" });
export type RenderedReplyJson = z.infer<typeof renderedReplyJson>;
