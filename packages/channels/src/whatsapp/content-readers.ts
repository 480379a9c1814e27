import { z } from "zod";
import { camelCaseKeys } from "./camel-case-keys.ts";
import { defineContent, type ContentReader } from "./define-content.ts";
import { readInteractive } from "./interactive-content.ts";
import { defineMedia } from "./media-content.ts";
import { idText, optionalText } from "./webhook-schema.ts";

const readText = defineContent(z.object({ body: z.string() }), ({ body }) => ({
  type: "text",
  content: { text: body },
}));

const locationSchema = z.object({
  latitude: z.number(),
  longitude: z.number(),
  name: optionalText,
  address: optionalText,
  url: optionalText,
});

const readLocation = defineContent(locationSchema, (location) => ({
  type: "location",
  content: { text: joinTexts([location.name, location.address]), location },
}));

const cardSchema = z.looseObject({
  name: z.looseObject({ formatted_name: optionalText, first_name: optionalText }).optional().catch(undefined),
});

const readContacts = defineContent(z.array(cardSchema), (cards) => ({
  type: "contacts",
  content: {
    text: joinTexts(cards.map(({ name }) => name?.formatted_name ?? name?.first_name)),
    contacts: cards.map(camelCaseKeys),
  },
}));

const readButton = defineContent(z.object({ payload: optionalText, text: optionalText }), ({ text, payload }) =>
  text === undefined && payload === undefined ? undefined : { type: "button", content: { text, button: { payload } } },
);

/** No emoji (documented) or an empty one (seen): the reaction was taken back. */
const readReaction = defineContent(z.object({ message_id: idText, emoji: optionalText }), ({ message_id, emoji }) => ({
  type: "reaction",
  content: { text: emoji, reaction: { emoji: emoji ?? null, messageExternalId: message_id } },
}));

const readOrder = defineContent(z.looseObject({ text: optionalText }), (order) => ({
  type: "order",
  content: { text: order.text, order: camelCaseKeys(order) },
}));

const readSystem = defineContent(z.looseObject({ type: optionalText, body: optionalText }), (part) => {
  const { type: kind, body, ...rest } = part;
  return { type: "system", content: { text: body, system: { kind, ...camelCaseKeys(rest) } } };
});

/** By Meta's name of the type. A type that is missing here is kept raw, as unsupported. */
export const CONTENT_READERS: ReadonlyMap<string, ContentReader> = new Map([
  ["text", readText],
  ["image", defineMedia("IMAGE")],
  ["video", defineMedia("VIDEO")],
  ["audio", defineMedia("AUDIO")],
  ["document", defineMedia("DOCUMENT")],
  ["sticker", defineMedia("STICKER")],
  ["location", readLocation],
  ["contacts", readContacts],
  ["interactive", readInteractive],
  ["button", readButton],
  ["reaction", readReaction],
  ["order", readOrder],
  ["system", readSystem],
]);

function joinTexts(texts: readonly (string | undefined)[]): string | undefined {
  const present = texts.filter((text) => text !== undefined);
  return present.length === 0 ? undefined : present.join(", ");
}
