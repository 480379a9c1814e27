import type { Action } from "../context/index.ts";

/** What a tenant gives attributes to. Definitions of each stand in a table of their own, all with the same columns. */
export interface AttributeOwner {
  /** As people call it. */
  thing: "ticket" | "contact";
  table: "ticket_attribute" | "contact_attribute";
  read: Action;
  manage: Action;
}

export const TICKET_ATTRIBUTES: AttributeOwner = {
  thing: "ticket",
  table: "ticket_attribute",
  read: "ticket_attributes.read",
  manage: "ticket_attributes.manage",
};

export const CONTACT_ATTRIBUTES: AttributeOwner = {
  thing: "contact",
  table: "contact_attribute",
  read: "contact_attributes.read",
  manage: "contact_attributes.manage",
};
