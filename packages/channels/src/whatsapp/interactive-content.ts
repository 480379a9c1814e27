import { z } from "zod";
import { camelCaseKeys } from "./camel-case-keys.ts";
import { defineContent } from "./define-content.ts";
import { parseStorableJson } from "./storable-json.ts";
import { optionalText } from "./webhook-schema.ts";

const choiceSchema = z.object({ id: z.string(), title: optionalText, description: optionalText });

const formSchema = z.object({ name: optionalText, body: optionalText, response_json: z.unknown().optional() });

const interactiveSchema = z.object({
  type: optionalText,
  button_reply: choiceSchema.optional(),
  list_reply: choiceSchema.optional(),
  nfm_reply: formSchema.optional(),
  call_permission_reply: z.record(z.string(), z.unknown()).optional(),
});

/**
 * What a user chose or filled in. Read by the reply that is there rather than by `type`, because nameless ones have
 * been seen; without any reply that we know, the message is unsupported.
 */
export const readInteractive = defineContent(interactiveSchema, (part) => {
  const choice = part.button_reply ?? part.list_reply;
  if (choice !== undefined) {
    const kind = part.button_reply === undefined ? "list_reply" : "button_reply";
    return { type: "interactive", content: { text: choice.title, interactive: { kind, ...choice } } };
  }
  if (part.nfm_reply !== undefined) {
    const { name, body, response_json: response } = part.nfm_reply;
    const interactive = { kind: "nfm_reply", name, body, response: readResponse(response) };
    return { type: "interactive", content: { text: body, interactive } };
  }
  if (part.call_permission_reply !== undefined) {
    const interactive = { kind: "call_permission_reply", ...camelCaseKeys(part.call_permission_reply) };
    return { type: "interactive", content: { interactive } };
  }
  return undefined;
});

/** A Flow's answers are JSON in a text. Their keys are the Flow author's and stay as they are. */
function readResponse(response: unknown): unknown {
  if (typeof response !== "string") return response;
  try {
    return parseStorableJson(response);
  } catch {
    return response;
  }
}
