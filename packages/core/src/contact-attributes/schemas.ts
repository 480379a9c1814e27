import type { z } from "zod";
import { attributeJsonOf, changeAttributeInputOf, createAttributeInputOf } from "../attributes/index.ts";

const example = {
  name: "Contact",
  things: "contacts",
  key: "loyalty_tier",
  label: "Loyalty tier",
  options: ["silver", "gold"] satisfies [string, string],
};

export const contactAttributeJson = attributeJsonOf(example);
export type ContactAttributeJson = z.infer<typeof contactAttributeJson>;

export const createContactAttributeInput = createAttributeInputOf(example);
export type CreateContactAttributeInput = z.output<typeof createContactAttributeInput>;

export const changeContactAttributeInput = changeAttributeInputOf(example);
export type ChangeContactAttributeInput = z.output<typeof changeContactAttributeInput>;
