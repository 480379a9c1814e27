import type { z } from "zod";
import { attributeJsonOf, changeAttributeInputOf, createAttributeInputOf } from "../attributes/index.ts";

const example = {
  name: "Ticket",
  things: "tickets",
  key: "shop_floor",
  label: "Shop floor",
  options: ["first", "second"] satisfies [string, string],
};

export const ticketAttributeJson = attributeJsonOf(example);
export type TicketAttributeJson = z.infer<typeof ticketAttributeJson>;

export const createTicketAttributeInput = createAttributeInputOf(example);
export type CreateTicketAttributeInput = z.output<typeof createTicketAttributeInput>;

export const changeTicketAttributeInput = changeAttributeInputOf(example);
export type ChangeTicketAttributeInput = z.output<typeof changeTicketAttributeInput>;
