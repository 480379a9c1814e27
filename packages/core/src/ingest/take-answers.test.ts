import type { Sql } from "@parley/db";
import { newId } from "@parley/runtime";
import { expect, test } from "vitest";
import type { IncomingMessage } from "./incoming-message.ts";
import { takeAnswers } from "./take-answers.ts";

/** A database that fails whoever asks it. */
const unasked: Sql = {
  rows: () => Promise.reject(new Error("asked")),
  run: () => Promise.reject(new Error("asked")),
};

type Part = IncomingMessage["part"];

function incoming(
  part: Partial<Part>,
  conversation: Partial<IncomingMessage["conversation"]> = {},
  inbox = { id: newId(), tenantId: newId() },
): IncomingMessage {
  const of = { tenantId: inbox.tenantId, inboxId: inbox.id, contactId: newId(), threadId: "" };
  return {
    id: newId(),
    arrivedAt: new Date(),
    inbox: { ...inbox, channel: "WHATSAPP", externalId: "1", reopenWindowMinutes: 0, isClosed: false },
    contact: { id: of.contactId, tenantId: of.tenantId, isNew: false },
    conversation: {
      ...of,
      id: newId(),
      status: "RESOLVED",
      assigneeId: null,
      teamId: null,
      isBlocked: false,
      isNew: false,
      ...conversation,
    },
    part: {
      kind: "message",
      account: "1",
      direction: "INBOUND",
      externalId: newId(),
      contact: { identifiers: [] },
      threadId: "",
      type: "text",
      content: { text: "Hello" },
      attachments: [],
      occurredAt: new Date(),
      opensTicket: true,
      opensWindow: true,
      ...part,
    },
  };
}

test("a batch without anything like an answer costs no statement", async () => {
  const messages = [
    incoming({}),
    incoming({ content: { text: "Order 5" } }),
    incoming({ type: "image", content: { text: "5" } }),
    incoming({ type: "location", content: {} }),
    incoming({ type: "reaction", content: { text: "⭐" }, opensTicket: false }),
    incoming({ direction: "OUTBOUND", content: { text: "5" }, opensTicket: false }),
    incoming({ content: { text: "5" } }, { isNew: true }),
  ];
  const { messages: after, answers, events } = await takeAnswers(unasked, messages, new Date());
  expect(after).toBe(messages);
  expect([answers, events]).toEqual([[], []]);
});

test("a number after another text of the same conversation costs none either", async () => {
  const id = newId();
  const messages = [incoming({}, { id }), incoming({ content: { text: "5" } }, { id })];
  expect((await takeAnswers(unasked, messages, new Date())).answers).toEqual([]);
});

test.each(["text", "button", "interactive"] as const)("a number as %s is asked about", async (type) => {
  const asked = takeAnswers(unasked, [incoming({ type, content: { text: "5" } })], new Date());
  await expect(asked).rejects.toThrow("asked");
});
