import { newId } from "@parley/runtime";
import { actingAs, type TestContext } from "@parley/queue/testing";
import type { BuiltInbox } from "@parley/testing";
import { describe, expect, test } from "vitest";
import {
  listMessages,
  listMessagesQuery,
  listTicketMessages,
  listThreadQuery,
  showMessage,
} from "../messages/index.ts";
import { withFreshInbox } from "./fresh-inbox.fixture.ts";
import { change, deliver, inbound, payload, type Value } from "./webhook.fixture.ts";

let ctx: TestContext;
let inbox: BuiltInbox;
let number: string;

const { messages, attachments, tickets, thread } = withFreshInbox((fresh) => ({ ctx, inbox, number } = fresh));

const CUSTOMER = "33600000001";
const receive = (...list: Value[]) => deliver(ctx, payload(change(number, { messages: list })));
const agent = () => actingAs(ctx, { userId: newId(), tenantId: inbox.tenantId });

let lastMedia = 1_000;
/** What Meta says of every file. Its url lives for five minutes only. */
function media(part: Value): Value & { id: string } {
  lastMedia += 1;
  return { id: String(lastMedia), sha256: "SfIn=", url: "https://lookaside.example/expires", ...part };
}

describe("a file is stored with its message, and shown with it:", () => {
  test.each<[string, string, Value, Value, { kind: string; mimeType: string; fileName?: string }]>([
    [
      "an image with a caption",
      "image",
      { mime_type: "image/jpeg", caption: "Broken" },
      { text: "Broken" },
      { kind: "image", mimeType: "image/jpeg" },
    ],
    ["an image without one", "image", { mime_type: "image/png" }, {}, { kind: "image", mimeType: "image/png" }],
    [
      "a video",
      "video",
      { mime_type: "video/mp4", caption: "Look" },
      { text: "Look" },
      { kind: "video", mimeType: "video/mp4" },
    ],
    ["a sound", "audio", { mime_type: "audio/mpeg" }, {}, { kind: "audio", mimeType: "audio/mpeg" }],
    [
      "a voice message",
      "audio",
      { mime_type: "audio/ogg; codecs=opus", voice: true },
      { voice: true },
      { kind: "audio", mimeType: "audio/ogg; codecs=opus" },
    ],
    [
      "a document",
      "document",
      { mime_type: "application/pdf", filename: "Rechnung für Sie.pdf", caption: "Bill" },
      { text: "Bill" },
      { kind: "document", mimeType: "application/pdf", fileName: "Rechnung für Sie.pdf" },
    ],
    [
      "a document without a name",
      "document",
      { mime_type: "application/pdf" },
      {},
      { kind: "document", mimeType: "application/pdf" },
    ],
    [
      "a sticker",
      "sticker",
      { mime_type: "image/webp", animated: false },
      { animated: false },
      { kind: "sticker", mimeType: "image/webp" },
    ],
    [
      "a sticker that moves",
      "sticker",
      { mime_type: "image/webp", animated: true },
      { animated: true },
      { kind: "sticker", mimeType: "image/webp" },
    ],
    ["a file of a type that nobody names", "image", {}, {}, { kind: "image", mimeType: "application/octet-stream" }],
  ])("%s", async (_what, type, part, content, { kind, mimeType, fileName }) => {
    const file = media(part);
    await receive(inbound(CUSTOMER, type, { [type]: file }));
    const [message] = await messages();
    const [stored, ...others] = await attachments();
    expect(others).toEqual([]);
    expect(message).toMatchObject({ direction: "INBOUND", type });
    expect(message?.content).toEqual(content);
    expect(stored).toMatchObject({
      messageId: message?.id,
      kind: kind.toUpperCase(),
      mimeType,
      fileName: fileName ?? null,
      size: null,
      sha256: "SfIn=",
      providerMediaId: file.id,
    });
    const shown = { type, content, attachments: [{ id: stored?.id, kind, mimeType, fileName }] };
    expect(await thread()).toMatchObject([shown]);
    expect(await showMessage(agent(), { id: message?.id ?? "" })).toMatchObject(shown);
  });
});

test("of several files each stays with its own message, in every list", async () => {
  const files = ["a.pdf", "b.pdf", "c.pdf"].map((filename) => media({ mime_type: "application/pdf", filename }));
  const text = inbound(CUSTOMER, "text", { text: { body: "That is all" } });
  await receive(...files.map((document) => inbound(CUSTOMER, "document", { document })), text);

  const expected = [["a.pdf"], ["b.pdf"], ["c.pdf"], []];
  const namesOf = (list: Awaited<ReturnType<typeof thread>>) =>
    list.map((message) => message.attachments?.map((attachment) => attachment.fileName));
  expect(namesOf(await thread())).toEqual(expected);

  const [ticket] = await tickets();
  const ofTicket = await listTicketMessages(agent(), { ticketId: ticket?.id ?? "", ...listThreadQuery.parse({}) });
  expect(namesOf(ofTicket.data)).toEqual(expected);
  const newestFirst = await listMessages(agent(), listMessagesQuery.parse({}));
  expect(namesOf(newestFirst.data)).toEqual(expected.toReversed());
});

test("a file that is delivered twice is one", async () => {
  const message = inbound(CUSTOMER, "image", { image: media({ mime_type: "image/jpeg" }) });
  await receive(message, message);
  await receive(message, inbound(CUSTOMER, "text", { text: { body: "Did you get it?" } }));
  expect(await attachments()).toHaveLength(1);
  expect((await thread()).map((shown) => shown.attachments?.length)).toEqual([1, 0]);
});

test("a file without an id cannot be fetched, so its message is kept whole as it came", async () => {
  const message = inbound(CUSTOMER, "image", { image: { mime_type: "image/jpeg", caption: "Look" } });
  await receive(message);
  expect(await messages()).toMatchObject([{ type: "unsupported", content: { raw: message } }]);
  expect(await attachments()).toEqual([]);
});

const waitingFiles = () => ctx.database.withSystem((tx) => tx.outbox.findMany({ where: { queue: "media" } }));

test("a file has a job that fetches it, and a message without one has none", async () => {
  const before = (await waitingFiles()).length;
  await receive(inbound(CUSTOMER, "text", { text: { body: "No file" } }));
  expect(await waitingFiles()).toHaveLength(before);
  await receive(inbound(CUSTOMER, "image", { image: media({ mime_type: "image/jpeg" }) }));
  const [file] = await attachments();
  const job = { jobId: `media-${file?.id}`, payload: { tenantId: inbox.tenantId, attachmentId: file?.id } };
  expect((await waitingFiles()).slice(before)).toMatchObject([job]);
});
