import { createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildContact, buildConversation, buildMessage } from "@parley/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSearchDesk, type SearchDesk } from "./search-desk.fixture.ts";

let context: TestContext;
let desk: SearchDesk;

beforeAll(async () => {
  context = await createTestContext();
  desk = await openSearchDesk(context);
});
afterAll(() => context.close());

const MESSAGES = { type: "message" };

function write(id: string, content: object): Promise<unknown> {
  return context.database.withSystem((tx) => tx.message.updateMany({ where: { id }, data: { content } }));
}

function sorted(...ids: string[]): string[] {
  return ids.toSorted();
}

/** A word that nothing else in this company has. */
function freshWord(): string {
  return newId()
    .replaceAll("-", "")
    .replaceAll(/\d/g, (digit) => "ghijklmnop"[Number(digit)] ?? "");
}

describe("the words of a text", () => {
  test.each([
    ["fr", "Bonjour, mes commandes ne sont toujours pas arrivées chez moi", "commande arrivée"],
    ["fr", "J'ai passé tout l'été à attendre votre réponse", "ete"],
    ["fr", "Je l'attends depuis cet ete, c'est vraiment long", "été"],
    ["en", "The parcels were delivered to my neighbours yesterday", "parcel delivering neighbour"],
    ["es", "Los zapatos que compré llegaron rotos, quiero devolverlos", "zapato roto"],
    ["de", "Die Schuhe sind leider beschädigt angekommen, was soll ich tun", "schuh beschadigt"],
    ["it", "Le scarpe sono arrivate rotte e vorrei restituirle subito", "scarpa rotta"],
  ])("are found in their other forms and without accents: %s %s", async (_language, text, typed) => {
    const word = freshWord();
    const id = await desk.say(`${text} ${word}`);
    expect(await desk.find(`${typed} ${word}`, MESSAGES)).toEqual([id]);
  });

  test("are found by the language that was understood, whatever they look like", async () => {
    const word = freshWord();
    const id = await desk.say(`chats ${word}`);
    await context.database.withSystem((tx) =>
      tx.messageUnderstanding.create({
        data: {
          tenantId: desk.tenantId,
          messageId: id,
          language: "fr",
          sentiment: "neutral",
          sentimentScore: 0,
          intent: "other",
          intentConfidence: 0,
          urgency: "low",
          wantsHuman: false,
          source: "local",
        },
      }),
    );
    await desk.find(word);
    const [document] = await context.database.withSystem((tx) => tx.searchDocument.findMany({ where: { id } }));
    expect(document?.language).toBe("fr");
  });

  test("are all meant, and in any order", async () => {
    const [first, second] = [freshWord(), freshWord()];
    const both = await desk.say(`${first} and then ${second}`);
    await desk.say(`only ${first}`);
    expect(await desk.find(`${second} ${first}`, MESSAGES)).toEqual([both]);
  });

  test("in quotes follow each other, and others are excluded, or alternatives", async () => {
    const [first, second, third] = [freshWord(), freshWord(), freshWord()];
    const together = await desk.say(`${first} ${second}`);
    const apart = await desk.say(`${first} and ${second}`);
    const other = await desk.say(`${third} alone`);
    expect(await desk.find(`"${first} ${second}"`, MESSAGES)).toEqual([together]);
    expect(await desk.find(`${first} -and`, MESSAGES)).toContain(together);
    expect(await desk.find(`${first} -${second}`, MESSAGES)).toEqual([]);
    expect((await desk.find(`"${first} ${second}" or ${third}`, MESSAGES)).toSorted()).toEqual(
      [together, other].toSorted(),
    );
    expect(await desk.find(`${second} ${first}`, MESSAGES)).toContain(apart);
  });

  test("of an order number are found with and without what stands before the hyphen", async () => {
    const id = await desk.say("My order FR-8834417 has not arrived");
    for (const typed of ["FR-8834417", "8834417", "fr 8834417"]) expect(await desk.find(typed, MESSAGES)).toEqual([id]);
  });
});

describe("results", () => {
  test("say where in a text the words are, and never as markup", async () => {
    const word = freshWord();
    await desk.say(`${"Before it. ".repeat(30)}<b onclick="x()">The</b> \uE000lamp\uE001 FR-77 of ${word} & more 😀`);
    const { data } = await desk.search(`${word} 77`, MESSAGES);
    const [found] = data;
    const snippet = found?.snippet ?? { text: "", marks: [] };
    expect(snippet.marks.map(({ start, end }) => snippet.text.slice(start, end))).toEqual(["77", word]);
    expect(snippet.text).toContain(`FR-77 of ${word} & more 😀`);
    expect(snippet.text.length).toBeLessThanOrEqual(200);
  });

  test("that fit better come first, and of those that fit equally what was said last", async () => {
    const word = freshWord();
    const year = new Date(Date.now() - 365 * 86_400_000);
    const old = await desk.say(`one ${word}`, { occurredAt: year });
    const recent = await desk.say(`two ${word}`);
    const better = await desk.say(`${word} ${word} ${word}`);
    expect(await desk.find(word, MESSAGES)).toEqual([better, recent, old]);
  });

  test("are a ticket's order reference or number first, then what only speaks of it", async () => {
    const reference = `FR-${Math.trunc(Math.random() * 1e9)}`;
    const about = await desk.ask(`Where is ${reference}? ${reference}!`);
    const said = await desk.say(`Where is ${reference}?`);
    const exact = await desk.ask("Something else", { orderRef: reference });
    const { data } = await desk.search(reference);
    expect(data.map(({ id }) => id)).toEqual([exact, about, said]);
    expect(data.map(({ matchedBy }) => matchedBy)).toEqual(["exact", "text", "text"]);
    expect(data[0]).toMatchObject({ type: "ticket", ticketId: exact, title: "Something else", status: "open" });
    const number = data[0]?.ticketNumber ?? 0;
    expect((await desk.find(`#${number}`))[0]).toBe(exact);
    expect(await desk.find(reference.toLowerCase(), { type: "ticket" })).toEqual([exact, about]);
  });

  test("of a ticket are found while its last word is being typed", async () => {
    const word = freshWord();
    const id = await desk.ask(`Broken ${word}`);
    expect(await desk.find(word.slice(0, 12), { type: "ticket" })).toEqual([id]);
  });
});

describe("what changes", () => {
  test("is found by what it says now", async () => {
    const [before, after] = [freshWord(), freshWord()];
    const id = await desk.say(before);
    expect(await desk.find(before)).toEqual([id]);
    await write(id, { text: after });
    expect(await desk.find(before)).toEqual([]);
    expect(await desk.find(after)).toEqual([id]);
  });

  test("is not found once it was taken back, nor once it is deleted, before anything is indexed again", async () => {
    const word = freshWord();
    const [revoked, deleted] = [await desk.say(word), await desk.say(word)];
    expect(await desk.find(word)).toHaveLength(2);
    await write(revoked, { text: word, revokedAt: "2026-01-31T08:00:00Z" });
    await context.database.withSystem((tx) => tx.message.deleteMany({ where: { id: deleted } }));
    const documents = await context.database.withSystem((tx) =>
      tx.searchDocument.findMany({ where: { id: { in: [revoked, deleted] } } }),
    );
    expect(documents).toEqual([]);
    expect(await desk.find(word)).toEqual([]);
  });

  test("of a ticket's subject is followed", async () => {
    const [before, after] = [freshWord(), freshWord()];
    const id = await desk.ask(before);
    expect(await desk.find(before)).toEqual([id]);
    await context.database.withSystem((tx) => tx.ticket.updateMany({ where: { id }, data: { subject: after } }));
    expect(await desk.find(before)).toEqual([]);
    expect(await desk.find(after)).toEqual([id]);
  });
});

describe("filters", () => {
  test("are all meant", async () => {
    const word = freshWord();
    const { tenantId, conversation } = desk;
    const elsewhere = await buildConversation(context, {
      tenantId,
      contactId: (await buildContact(context, { tenantId })).id,
    });
    const ticket = await desk.ask("About it", { status: "PENDING", tags: ["returns"] });
    const old = await desk.say(word, { occurredAt: new Date("2026-01-01T00:00:00Z") });
    const filed = await desk.say(word, { ticketId: ticket });
    const { id: other } = await buildMessage(context, elsewhere, { content: { text: word } });
    const found = async (query: Record<string, unknown>): Promise<string[]> =>
      (await desk.find(word, { ...MESSAGES, ...query })).toSorted();
    expect(await found({})).toEqual(sorted(old, filed, other));
    expect(await found({ inboxId: elsewhere.inboxId })).toEqual([other]);
    expect(await found({ channel: "whatsapp" })).toEqual(sorted(old, filed, other));
    expect(await found({ channel: "email" })).toEqual([]);
    expect(await found({ status: "pending" })).toEqual([filed]);
    expect(await found({ tag: "returns", assigneeId: "none" })).toEqual([filed]);
    expect(await found({ assigneeId: "me" })).toEqual([]);
    expect(await found({ until: "2026-01-02T00:00:00Z" })).toEqual([old]);
    expect(await found({ since: "2026-01-02T00:00:00Z", inboxId: conversation.inboxId })).toEqual([filed]);
  });
});

describe("whatever somebody types", () => {
  test.each([
    "'",
    "\\",
    "!!! & | ( ) <-> :*",
    "-only -negative",
    '"unclosed',
    "a:b:* <2> 'c' || pg_sleep(1)",
    "'); drop table message; --",
    "%_%",
    "🙂🙂",
    "the of and",
    "'1:x' & '2:y'",
    "\uE000\uE001",
    "x".repeat(200),
    "é ".repeat(100),
  ])("is answered: case %#", async (typed) => {
    const { data } = await desk.search(typed);
    expect(Array.isArray(data)).toBe(true);
  });

  test.each(["a\0b", "", "x".repeat(10_000)])("or refused when it is no line of text: case %#", (typed) => {
    expect(() => desk.search(typed)).toThrow();
  });
});
