import { describe, expect, test } from "vitest";
import type { TicketThread, ThreadMessage } from "./read-thread.ts";
import { summarizeLocally } from "./summarize-locally.ts";
import { summaryLanguageOf } from "./summary-words.ts";

const TICKET = { subject: "Lamp", orderRef: null, isFinished: false };

function thread(...said: [from: ThreadMessage["from"], text: string][]): TicketThread {
  const messages = said.map(([from, text], index) => ({
    id: String(index),
    from,
    text,
    at: new Date(index),
    isAnswer: from === "agent",
  }));
  const count = (who: ThreadMessage["from"]) => messages.filter(({ from }) => from === who).length;
  return {
    messages,
    first: messages.find(({ from }) => from === "contact"),
    counts: { contact: count("contact"), agent: count("agent") },
  };
}

describe("a summary without a model", () => {
  test("tells what the contact came with, and not how they greeted", () => {
    const { summary, points, nextStep } = summarizeLocally(
      TICKET,
      thread(["contact", "Hello! Good morning. The lamp I ordered arrived broken. Can you replace it? Thanks."]),
      ["4711"],
      "en",
    );
    expect(summary).toBe(
      "The customer wrote first: “The lamp I ordered arrived broken. Can you replace it? Thanks.” " +
        "1 message from the customer, 0 from us. Nobody has answered yet.",
    );
    expect(points).toEqual(["Order 4711", "Open question: Can you replace it?"]);
    expect(nextStep).toBe("Answer the customer.");
  });

  test("tells what was said last, and only what is still open", () => {
    const { summary, points, nextStep } = summarizeLocally(
      { ...TICKET, orderRef: "4711" },
      thread(
        ["contact", "Where is my parcel? I ordered it a week ago."],
        ["agent", "It was sent yesterday."],
        ["contact", "Fine. Which carrier has it? And may I have the number?"],
      ),
      ["4711"],
      "en",
    );
    expect(summary).toContain("Their last message: “Which carrier has it? And may I have the number?”");
    expect(summary).toContain("Our last answer: “It was sent yesterday.”");
    expect(points).toEqual([
      "Order 4711",
      "Open question: Which carrier has it?",
      "Open question: And may I have the number?",
    ]);
    expect(nextStep).toBe("Answer the customer.");
  });

  test("leaves it to the contact after an answer, and to nobody once it is over", () => {
    const answered = thread(["contact", "Where is my order now?"], ["agent", "On its way."]);
    expect(summarizeLocally(TICKET, answered, [], "fr").nextStep).toBe("Attendre le client.");
    const over = summarizeLocally({ ...TICKET, isFinished: true }, thread(["contact", "Where is it?"]), [], "fr");
    expect(over).toMatchObject({ nextStep: null, points: [] });
  });

  test("is short, however long people write", () => {
    const { summary } = summarizeLocally(TICKET, thread(["contact", "word ".repeat(2_000)]), [], "en");
    expect(summary.length).toBeLessThan(500);
    expect(summary).toContain("…");
  });

  test("of a ticket without texts tells its subject", () => {
    expect(summarizeLocally(TICKET, thread(), [], "en").summary).toContain("Lamp");
    expect(summarizeLocally({ ...TICKET, subject: null }, thread(), [], "en").summary).toContain("Nothing was written");
  });
});

test("it is in the company's first language that is known", () => {
  expect([["fr-FR"], ["de", "fr"], ["de"], []].map(summaryLanguageOf)).toEqual(["fr", "fr", "en", "en"]);
});
