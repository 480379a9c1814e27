import { createServer, type Server } from "node:http";
import { createWhatsAppDispatcher, sendWhatsAppMessage } from "@parley/channels";
import type { Message, MessageStatus } from "@parley/db";
import { createSendSlots, outboxRow, startWorker, type RunningWorker } from "@parley/queue";
import { newId, systemClock } from "@parley/runtime";
import { startSimulator, type Simulator } from "@parley/simulator";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { buildConversation, buildInbox, buildTenant, waitUntil, type BuiltConversation } from "@parley/testing";
import type { SystemContext } from "../context/index.ts";
import { deliver } from "../ingest/webhook.fixture.ts";
import { outboundQueue } from "../outbound-queue/index.ts";
import { ingestQueue } from "../webhooks/index.ts";
import type { OutboundContext } from "./outbound-context.ts";
import { createOutboundHandlers } from "./outbound-handlers.ts";

/** A provider, a worker that sends to it, and an endpoint that applies what it calls back. */
export interface OutboundStage {
  test: TestContext;
  ctx: OutboundContext;
  simulator: Simulator;
  worker: RunningWorker;
  /** For the sends that begin from now on. */
  setSendTimeout(ms: number): void;
  close(): Promise<void>;
}

/** A busy machine must not make an honest send look like a lost one. */
export const SEND_TIMEOUT_MS = 5_000;
/** For a provider that does not answer. */
export const SHORT_SEND_TIMEOUT_MS = 300;

export async function openOutboundStage({ concurrency = 100 } = {}): Promise<OutboundStage> {
  const test = await createTestContext({ queues: [ingestQueue, outboundQueue] });
  const dispatcher = createWhatsAppDispatcher();
  const simulator = await startSimulator({ appSecret: "test-secret", hangMs: 2_000 });
  let sendTimeoutMs = SEND_TIMEOUT_MS;
  const ctx: OutboundContext = {
    ...test,
    // Delayed jobs wait in real time.
    clock: systemClock,
    slots: createSendSlots(test.publisher.redis, test.redis),
    channels: {
      WHATSAPP: (request) =>
        sendWhatsAppMessage(request, {
          apiBaseUrl: simulator.url,
          apiVersion: "v25.0",
          timeoutMs: sendTimeoutMs,
          dispatcher,
        }),
    },
  };
  const endpoint = await listenForWebhooks(ctx);
  simulator.setWebhookUrl(endpoint.url);
  const worker = startWorker({
    redis: test.redis,
    queue: outboundQueue,
    handlers: createOutboundHandlers(ctx),
    concurrency,
    logger: test.logger,
  });
  return {
    test,
    ctx,
    simulator,
    worker,
    setSendTimeout(ms) {
      sendTimeoutMs = ms;
    },
    async close() {
      await worker.close();
      await simulator.stop();
      await new Promise((resolve) => endpoint.server.close(resolve));
      await dispatcher.destroy();
      await test.close();
    },
  };
}

/** Applies what a provider calls back with. */
export async function listenForWebhooks(ctx: SystemContext): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      deliver(ctx, Buffer.concat(chunks)).then(
        () => response.end("{}"),
        () => response.writeHead(500).end(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server listens on a port");
  return { server, url: `http://127.0.0.1:${address.port}/` };
}

/** A conversation on an inbox of its own, so that limits and pauses stay with one test. */
export async function openConversation(
  stage: OutboundStage,
  inbox: { config?: object; credentials?: Record<string, string> } = {},
): Promise<BuiltConversation> {
  const tenant = await buildTenant(stage.test);
  const { id: inboxId } = await buildInbox(stage.test, { tenantId: tenant.id, ...inbox });
  return buildConversation(stage.test, { tenantId: tenant.id, inboxId });
}

/** Replies as the API stores them: QUEUED, in this order, each with its job. */
export async function queueReplies(
  stage: OutboundStage,
  conversation: BuiltConversation,
  texts: readonly string[],
): Promise<Message[]> {
  const { ctx } = stage;
  const { tenantId, id: conversationId, inboxId } = conversation;
  return ctx.database.withTenant(tenantId, async (tx) => {
    const messages: Message[] = [];
    for (const [index, text] of texts.entries()) {
      const message = await tx.message.create({
        data: {
          tenantId,
          id: newId(),
          conversationId,
          inboxId,
          direction: "OUTBOUND",
          type: "text",
          status: "QUEUED",
          senderType: "AGENT",
          content: { text },
          occurredAt: new Date(Date.now() + index),
        },
      });
      messages.push(message);
    }
    const rows = messages.map((message) =>
      outboxRow(outboundQueue, "send_message", { tenantId, messageId: message.id, inboxId, conversationId }),
    );
    await ctx.outbox.enqueue(tx, rows);
    return messages;
  });
}

/** The same with a single one. */
export async function queueReply(
  stage: OutboundStage,
  conversation: BuiltConversation,
  text: string,
): Promise<Message> {
  const [message] = await queueReplies(stage, conversation, [text]);
  if (!message) throw new Error("one message was queued");
  return message;
}

/** The message as it is now, with its attempts in their order. */
export const readMessage = ({ ctx }: OutboundStage, { tenantId, id }: Message) =>
  ctx.database.withTenant(tenantId, (tx) =>
    tx.message.findUniqueOrThrow({
      where: { tenantId_id: { tenantId, id } },
      include: { outboundAttempts: { orderBy: { number: "asc" } } },
    }),
  );

/** Resolves when the message has that status. */
export const becomes = (stage: OutboundStage, message: Message, status: MessageStatus) =>
  waitUntil(async () => (await readMessage(stage, message)).status === status, `message is ${status}`, 10_000);

/** What the provider has accepted of the attempts of a message. */
export const acceptedFor = ({ simulator }: OutboundStage, message: Message) =>
  simulator.ledger.accepted.filter((entry) => entry.opaque?.startsWith(message.id));

/** While its inbox is paused, nothing leaves the conversation. */
export const setInboxStatus = (
  { ctx }: OutboundStage,
  { tenantId, inboxId }: BuiltConversation,
  status: "ACTIVE" | "PAUSED",
) => ctx.database.withTenant(tenantId, (tx) => tx.inbox.update({ where: { id: inboxId }, data: { status } }));
