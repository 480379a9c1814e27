import { describe, expect, test } from "vitest";
import { cutOut } from "./cut-out.ts";

const isTheirs = (text: string): boolean => ["33600000001", "wamid.A", "DE.1"].includes(text);
const change = (value: object) => ({ entry: [{ id: "1", changes: [{ field: "messages", value }] }] });

describe("what is cut out of a body", () => {
  test("is what is from, to or about the person, and what others said stays", () => {
    const metadata = { display_phone_number: "33600000001", phone_number_id: "7" };
    const body = change({
      metadata,
      contacts: [
        { wa_id: "33600000001", profile: { name: "A" } },
        { wa_id: "33600000002", profile: { name: "B" } },
      ],
      messages: [
        { from: "33600000001", id: "wamid.X", text: { body: "mine" } },
        { from: "33600000002", id: "wamid.B", text: { body: "theirs" } },
      ],
      statuses: [
        { id: "wamid.A", recipient_id: "33600000009" },
        { id: "wamid.C", recipient_id: "33600000002" },
      ],
    });
    const { rest, cut } = cutOut(body, { isTheirs });
    expect(cut).toBe(3);
    expect(rest).toEqual(
      change({
        metadata,
        contacts: [{ wa_id: "33600000002", profile: { name: "B" } }],
        messages: [{ from: "33600000002", id: "wamid.B", text: { body: "theirs" } }],
        statuses: [{ id: "wamid.C", recipient_id: "33600000002" }],
      }),
    );
  });

  test("is also what stands beside a message of theirs under a number that nobody knows any more", () => {
    const body = change({
      contacts: [{ wa_id: "33611111111", profile: { name: "A" } }],
      messages: [{ from: "33611111111", id: "wamid.A", text: { body: "mine" } }],
    });
    expect(cutOut(body, { isTheirs })).toEqual({ rest: change({ contacts: [], messages: [] }), cut: 2 });
  });

  test("is not what somebody else wrote about them", () => {
    const card = { from: "33600000002", contacts: [{ phones: [{ wa_id: "33600000001" }] }] };
    expect(cutOut(change({ messages: [card] }), { isTheirs }).cut).toBe(0);
  });

  test("is nothing of another company's account", () => {
    const theirs = { field: "messages", value: { messages: [{ from: "33600000001" }] } };
    const body = { entry: [{ changes: [theirs] }] };
    expect(cutOut(body, { isTheirs, isForeign: (part) => "field" in part })).toEqual({ rest: body, cut: 0 });
  });

  test("is all of a body that is one message", () => {
    expect(cutOut({ from: "33600000001", content: "mine" }, { isTheirs })).toEqual({ rest: {}, cut: 1 });
  });
});
