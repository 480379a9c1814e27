import { fetchWhatsAppMedia } from "@parley/channels";
import { statement, type Prisma, type Tx } from "@parley/db";
import type { JobOutcome } from "@parley/queue";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { createGuardedFetch } from "@parley/runtime";
import { startSimulator, type InboundInput, type Simulator } from "@parley/simulator";
import { buildInbox, buildTenant, unusedPhone, type BuiltInbox } from "@parley/testing";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { ingestQueue } from "../webhooks/index.ts";
// The endpoint is a fixture of sending.
import { listenForWebhooks } from "../outbound/outbound.fixture.ts";
import { outboundQueue } from "../outbound-queue/index.ts";
import { fetchAttachment } from "./fetch-attachment.ts";
import type { FetchOverChannel, MediaContext } from "./media-context.ts";
import { MAX_MEDIA_BYTES } from "./media-limits.ts";
import { mediaQueue } from "./media-queue.ts";
import { readMedia } from "./read-media.ts";

export type AttachmentRow = Prisma.MessageAttachmentGetPayload<object>;
type Sent = NonNullable<InboundInput["media"]>;

const SIZES = statement<{ size: number }>(
  "test_media_sizes",
  `select octet_length(bytes) as size from media_chunk where tenant_id = $1 and attachment_id = $2 order by position`,
);

/** A provider with files, a company with an inbox of its, and what its worker is given. */
export interface MediaStage {
  test: TestContext;
  ctx: MediaContext;
  simulator: Simulator;
  inbox: BuiltInbox;
  tenantId: string;
  /** How the provider is asked; a test may put something in between. */
  fetchOverChannel: FetchOverChannel;
  /** A customer sends a file; here it is known, and not fetched yet. */
  send(media?: Partial<Sent>): Promise<AttachmentRow>;
  /** What its job does. */
  fetch(attachment: AttachmentRow, ctx?: MediaContext): Promise<JobOutcome>;
  attachment(attachment: AttachmentRow): Promise<AttachmentRow>;
  chunks(attachment: AttachmentRow): Promise<number[]>;
  bytes(attachment: AttachmentRow): Promise<Buffer>;
  /** What the log says of files, in order. */
  told(): Promise<{ type: string; data: unknown }[]>;
  read<T>(reader: (tx: Tx) => Promise<T>): Promise<T>;
}

/** One provider and one context for a suite, and a company of its own for each test. */
export function withMediaStage(onStage: (stage: MediaStage) => void): void {
  let test: TestContext;
  let simulator: Simulator;
  let closeAll: () => Promise<unknown>;
  let fetchOverChannel: FetchOverChannel;

  beforeAll(async () => {
    test = await createTestContext({ queues: [ingestQueue, outboundQueue, mediaQueue] });
    simulator = await startSimulator({ appSecret: "test-secret" });
    const endpoint = await listenForWebhooks(test);
    simulator.setWebhookUrl(endpoint.url);
    const guarded = createGuardedFetch({
      allowPrivate: [`127.0.0.1:${simulator.port}`],
      maxBytes: MAX_MEDIA_BYTES,
      timeoutMs: 30_000,
    });
    const options = { apiBaseUrl: simulator.url, apiVersion: "v25.0", patienceMs: 10_000, minBytesPerSecond: 100_000 };
    fetchOverChannel = (request, write) => fetchWhatsAppMedia(request, write, { ...options, fetch: guarded });
    closeAll = async () => {
      await simulator.stop();
      await new Promise((resolve) => endpoint.server.close(resolve));
      await guarded.close();
      await test.close();
    };
  });
  afterAll(() => closeAll());
  afterEach(() => simulator.setFaults({}));
  beforeEach(async () => {
    // What a customer sends bears the simulator's time, which is the real one.
    test.clock.set(new Date());
    onStage(await openMediaStage(test, simulator, fetchOverChannel));
  });
}

async function openMediaStage(
  test: TestContext,
  simulator: Simulator,
  fetchOverChannel: FetchOverChannel,
): Promise<MediaStage> {
  const { id: tenantId } = await buildTenant(test);
  const inbox = await buildInbox(test, { tenantId });
  const ctx: MediaContext = { ...test, fetchers: { WHATSAPP: fetchOverChannel } };
  const read: MediaStage["read"] = (reader) => test.database.withTenant(tenantId, reader);
  const sql = test.database.tenantSql(tenantId);
  return {
    test,
    ctx,
    simulator,
    inbox,
    tenantId,
    fetchOverChannel,
    read,
    async send(media = {}) {
      const { messageIds } = await simulator.deliverInbound({
        phoneNumberId: inbox.externalId ?? "",
        from: unusedPhone(),
        media: {
          kind: "document",
          mimeType: "application/pdf",
          ...(!("base64" in media) && { size: 1_000 }),
          ...media,
        },
      });
      const where = { message: { externalId: messageIds[0] ?? "" } };
      return read((tx) => tx.messageAttachment.findFirstOrThrow({ where }));
    },
    fetch: ({ id: attachmentId }, own = ctx) => fetchAttachment(own, { tenantId, attachmentId }),
    attachment: ({ id }) =>
      read((tx) => tx.messageAttachment.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } })),
    async chunks({ id: attachmentId }) {
      const chunks = await sql.rows(SIZES, [tenantId, attachmentId]);
      return chunks.map(({ size }) => size);
    },
    async bytes({ id: attachmentId, size }) {
      const pieces: Buffer[] = [];
      const range = { first: 0, last: (size ?? 0) - 1 };
      for await (const piece of readMedia(sql, { tenantId, attachmentId }, range)) pieces.push(piece);
      return Buffer.concat(pieces);
    },
    told: () =>
      read((tx) =>
        tx.event.findMany({
          where: { type: { in: ["MEDIA_STORED", "MEDIA_FAILED"] } },
          orderBy: { seq: "asc" },
          select: { type: true, data: true },
        }),
      ),
  };
}

/** The same worker, with something between it and the provider. */
export function asking(stage: MediaStage, fetch: FetchOverChannel): MediaContext {
  return { ...stage.ctx, fetchers: { WHATSAPP: fetch } };
}
