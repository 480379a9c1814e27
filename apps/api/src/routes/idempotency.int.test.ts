import { outboundQueue } from "@parley/core/outbound-queue";
import { newId } from "@parley/runtime";
import { buildConversation } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDeskForEachTest, readAll, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let path: string;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  const conversation = await buildConversation(api.context, { tenantId: desk.tenant.id });
  path = `/conversations/${conversation.id}/messages`;
});

const text = (words: string): object => ({ type: "text", text: words });
const withKey = (key: string): Record<string, string> => ({ "idempotency-key": key });

describe("an Idempotency-Key", () => {
  test("makes one message of twenty concurrent twins", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => desk.client.post(path, text("Once"), withKey("order-1"))),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 20 }, () => 201));
    expect(new Set(answers.map((answer) => answer.body.data.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers["idempotency-replayed"] === "true")).toHaveLength(19);
    expect(await readAll(desk.client, `${path}?limit=50`)).toHaveLength(1);
    expect(await api.context.jobsOn(outboundQueue)).toHaveLength(1);
  });

  test("repeats the first answer, whatever became of the message", async () => {
    const first = await desk.client.post(path, text("Once"), withKey("order-2"));
    await api.context.database.withSystem((tx) => tx.message.updateMany({ data: { status: "READ" } }));
    const second = await desk.client.post(path, text("Once"), withKey("order-2"));
    expect(second.body).toEqual(first.body);
    expect(first.headers["idempotency-replayed"]).toBeUndefined();
  });

  test("is refused for another body or another path", async () => {
    await desk.client.post(path, text("One"), withKey("order-3"));
    const body = await desk.client.post(path, text("Two"), withKey("order-3"));
    expect(body).toMatchObject({ status: 422, body: { code: "idempotency_mismatch" } });
    const other = await buildConversation(api.context, { tenantId: desk.tenant.id });
    const elsewhere = await desk.client.post(`/conversations/${other.id}/messages`, text("One"), withKey("order-3"));
    expect(elsewhere.status).toBe(422);
  });

  test("of a refused request can be used again", async () => {
    const refused = await desk.client.post(`/conversations/${newId()}/messages`, text("One"), withKey("order-4"));
    expect(refused.status).toBe(404);
    expect((await desk.client.post(path, text("One"), withKey("order-4"))).status).toBe(201);
  });

  test("of one user is not that of another, nor another tenant's", async () => {
    const mine = await desk.client.post(path, text("One"), withKey("order-5"));
    const colleague = await desk.as({}).post(path, text("One"), withKey("order-5"));
    expect(colleague.body.data.id).not.toBe(mine.body.data.id);
  });

  test.each(["", "é", "x".repeat(256)])("must be 1 to 255 printable characters, not %j", async (key) => {
    const answer = await desk.client.post(path, text("One"), withKey(key));
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: "Idempotency-Key" }] } });
  });
});
