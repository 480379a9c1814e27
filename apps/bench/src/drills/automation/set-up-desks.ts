import type { ApiClient } from "../harness/api-client.ts";

/** A company whose rules do things. */
export interface AutomationDesk {
  phoneNumberId: string;
}

/** What customers write where a note is to be made. */
export const MARKER = "#marked";
export const THANKS = "Thank you";
const TENANTS = 2;

/** What the company's rules are called, and what each of them does. */
export const ACTION_OF = {
  mark: "add_note",
  orders: "add_tags",
  raise: "set_priority",
  raised: "add_tags",
  thank: "send_reply",
} as const;
export type RuleName = keyof typeof ACTION_OF;

const RULES: Record<RuleName, object> = {
  mark: {
    trigger: "incoming_message",
    conditions: { all: [{ field: "message.text", operator: "contains", value: MARKER }] },
    actions: [{ type: "add_note", text: "marked" }],
  },
  orders: {
    trigger: "incoming_message",
    conditions: { all: [{ field: "message.text", operator: "matches", value: "\\border-[0-9]{4}\\b" }] },
    actions: [{ type: "add_tags", tags: ["order"] }],
  },
  raise: { trigger: "ticket_opened", actions: [{ type: "set_priority", priority: "high" }] },
  raised: {
    trigger: "ticket_updated",
    conditions: { all: [{ field: "ticket.priority", operator: "changed_to", value: "high" }] },
    actions: [{ type: "add_tags", tags: ["raised"] }],
  },
  thank: { trigger: "incoming_message", actions: [{ type: "send_reply", text: THANKS }] },
};

/** Turns end soon, and nothing is left to people: a customer who is not answered was forgotten. */
const SETTINGS = { debounceSeconds: 1, longestBurstSeconds: 5, mostTurns: 100 };

/** Companies that are alike, each with its rules. */
export async function setUpDesks(api: ApiClient): Promise<AutomationDesk[]> {
  const desks: AutomationDesk[] = [];
  for (let tenant = 0; tenant < TENANTS; tenant += 1) {
    const { accessToken: token } = await api.post<{ accessToken: string }>("/auth/register", {
      tenantName: `Drill ${tenant}`,
      email: `owner${tenant}@drill.example`,
      password: "a drill is no emergency",
      fullName: `Owner ${tenant}`,
    });
    const phoneNumberId = `40654000000${tenant}`;
    const inbox = { name: "WhatsApp", channel: "whatsapp", externalId: phoneNumberId };
    await api.post("/inboxes", { ...inbox, credentials: { accessToken: `token-of-${phoneNumberId}` } }, { token });
    await api.patch("/ai/settings", SETTINGS, token);
    for (const [name, rule] of Object.entries(RULES)) {
      await api.post("/ai/rules", { name, executionMode: "auto_execute", coolDownSeconds: 0, ...rule }, { token });
    }
    desks.push({ phoneNumberId });
  }
  return desks;
}
