import type { Message } from "@parley/db";
import { buildConversation, waitUntil } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openConversation, openOutboundStage, queueReplies, type OutboundStage } from "./outbound.fixture.ts";

const PER_SECOND = 20;
/** Fewer than wait for their slots in the worker, where all are taken up as they come. */
const CONCURRENCY = 4;
const FLOOD = 200;

let stage: OutboundStage;
beforeAll(async () => {
  stage = await openOutboundStage({ concurrency: CONCURRENCY });
});
afterAll(() => stage.close());

test("one tenant's flood does not delay another", async () => {
  const { tenantId, inboxId } = await openConversation(stage, { config: { messagesPerSecond: PER_SECOND } });
  const flooded = await Promise.all(
    Array.from({ length: FLOOD }, () => buildConversation(stage.test, { tenantId, inboxId })),
  );
  const other = await openConversation(stage);
  await Promise.all(flooded.map((conversation) => queueReplies(stage, conversation, ["flood"])));
  await stage.test.published();

  const before = stage.simulator.ledger.accepted.length;
  const [message] = await queueReplies(stage, other, ["Hello"]);
  const place = await waitUntil(() => placeOf(message), "the other tenant's message is accepted", 10_000);
  expect(place - before).toBeLessThan(FLOOD / 2);
});

/** As which, in the order of arrival, the provider has accepted the message; 0 as long as it has not. */
function placeOf(message: Message | undefined): number {
  const arrived = stage.simulator.ledger.accepted.toSorted((a, b) => a.at - b.at);
  return arrived.findIndex((entry) => message && entry.opaque?.startsWith(message.id)) + 1;
}
