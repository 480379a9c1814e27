import fc from "fast-check";
import { expect, test } from "vitest";
import { decideTicket, type LatestTicket, type TicketDecision } from "./decide-ticket.ts";

const WINDOW_MINUTES = 60;
const at = (minutes: number): Date => new Date(minutes * 60_000);

test("a conversation without a ticket gets one", () => {
  expect(decideTicket(undefined, at(0), WINDOW_MINUTES)).toBe("open");
});

test("a ticket that is being worked on is kept, however old it is", () => {
  expect(decideTicket({ id: "t", endedAt: null }, at(1_000_000), WINDOW_MINUTES)).toBe("keep");
});

test("an ended ticket is reopened up to the end of the window and not a moment later", () => {
  const ended: LatestTicket = { id: "t", endedAt: at(100) };
  expect(decideTicket(ended, at(100 + WINDOW_MINUTES), WINDOW_MINUTES)).toBe("reopen");
  expect(decideTicket(ended, new Date(at(100 + WINDOW_MINUTES).getTime() + 1), WINDOW_MINUTES)).toBe("open");
});

test("a message that was written before the end but arrived after it reopens the ticket", () => {
  expect(decideTicket({ id: "t", endedAt: at(100) }, at(90), WINDOW_MINUTES)).toBe("reopen");
});

/** A conversation as the rule sees it: messages come in, agents end the ticket, time passes. */
type Step = { kind: "message" } | { kind: "end" } | { kind: "wait"; minutes: number };

test("in any history at most one ticket is being worked on, and none is reopened after its window", () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.constant<Step>({ kind: "message" }),
    fc.constant<Step>({ kind: "end" }),
    fc.record({ kind: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 3 * WINDOW_MINUTES }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const tickets: { id: string; endedAt: Date | null }[] = [];
      let now = 0;
      for (const [index, current] of steps.entries()) {
        const latest = tickets.at(-1);
        if (current.kind === "wait") now += current.minutes;
        if (current.kind === "end" && latest) latest.endedAt ??= at(now);
        if (current.kind === "message") {
          const decision: TicketDecision = decideTicket(latest, at(now), WINDOW_MINUTES);
          if (decision === "open") tickets.push({ id: String(index), endedAt: null });
          if (decision === "reopen" && latest) {
            expect(now - (latest.endedAt?.getTime() ?? 0) / 60_000).toBeLessThanOrEqual(WINDOW_MINUTES);
            latest.endedAt = null;
          }
          expect(tickets.at(-1)?.endedAt).toBeNull();
        }
        expect(tickets.filter((ticket) => ticket.endedAt === null).length).toBeLessThanOrEqual(1);
      }
    }),
  );
});
