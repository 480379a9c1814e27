import type { Facts } from "./facts.ts";

type Part<Name extends keyof Facts> = Partial<NonNullable<Facts[Name]>>;

/** Facts of a ticket about which a customer has just written, with what a test cares about in their place. */
export function buildFacts(
  given: {
    ticket?: Part<"ticket">;
    conversation?: Part<"conversation">;
    contact?: Part<"contact">;
    inbox?: Part<"inbox">;
    message?: Part<"message"> | null;
    changes?: Facts["changes"];
    waitedMinutes?: number | null;
    isOpen?: boolean;
    now?: Date;
  } = {},
): Facts {
  const now = given.now ?? new Date("2026-01-31T08:00:00Z");
  return {
    ticket: {
      id: "019c1234-5678-7436-836f-a83bc726e1c1",
      status: "OPEN",
      priority: "NORMAL",
      subject: "Where is my parcel?",
      category: "delivery",
      sentiment: null,
      tags: ["Late", "vip"],
      orderRef: "4711",
      assigneeId: null,
      teamId: null,
      reopenedCount: 1,
      isSnoozed: false,
      isAnswered: false,
      createdAt: new Date(now.getTime() - 30 * 60_000),
      attributes: { size: "XL", floor: 3, gift: true, due: "2026-02-01" },
      ...given.ticket,
    },
    conversation: {
      status: "OPEN",
      tags: [],
      unreadCount: 2,
      isMuted: false,
      windowExpiresAt: new Date(now.getTime() + 60_000),
      ...given.conversation,
    },
    contact: {
      name: "Zoë Müller",
      identifiers: [
        { type: "WHATSAPP", value: "+33612345678" },
        { type: "EMAIL", value: "zoe@customer.example" },
      ],
      ...given.contact,
    },
    inbox: { id: "019c1234-5678-7436-836f-a83bc726e1c2", name: "Support", channel: "WHATSAPP", ...given.inbox },
    message:
      given.message === null
        ? null
        : {
            text: "Hello, my PARCEL is  late.\nOrder 4711",
            type: "text",
            hasAttachments: false,
            count: 1,
            understanding: {
              language: "en",
              sentiment: "negative",
              sentimentScore: -0.6,
              intent: "order_issue",
              intentConfidence: 0.9,
              urgency: "high",
              wantsHuman: false,
              entities: [{ type: "order_number", value: "4711" }],
            },
            ...given.message,
          },
    changes: given.changes ?? new Map(),
    event: { actor: "customer", because: null },
    waitedMinutes: given.waitedMinutes ?? null,
    isOpen: given.isOpen ?? true,
    now,
  };
}
