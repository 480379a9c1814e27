import { buildInbox, buildTenant } from "@parley/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TEST_WHATSAPP, startTestApi, type TestApi } from "../api.fixture.ts";
import { askChallenge, deliver, storedWith } from "./webhook.fixture.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.close());

const secret = TEST_WHATSAPP.appSecret;

const pathOf = (inbox: { id: string }) => `/webhooks/whatsapp/${inbox.id}`;

async function inboxWith(credentials: Record<string, string>) {
  const tenant = await buildTenant(api.context);
  return buildInbox(api.context, { tenantId: tenant.id, credentials });
}

describe("a webhook of an inbox", () => {
  test("is signed with the inbox's own secret and belongs to its tenant", async () => {
    const inbox = await inboxWith({ accessToken: "token", appSecret: "own-secret" });
    const body = JSON.stringify({ id: crypto.randomUUID() });
    expect((await deliver(api.app, { path: pathOf(inbox), body, secret: "own-secret" })).statusCode).toBe(200);
    expect(await storedWith(api, body)).toMatchObject([
      { source: inbox.id, inboxId: inbox.id, tenantId: inbox.tenantId },
    ]);
  });

  test("is not signed with the platform's secret when the inbox has its own", async () => {
    const inbox = await inboxWith({ accessToken: "token", appSecret: "own-secret" });
    expect((await deliver(api.app, { path: pathOf(inbox), secret })).statusCode).toBe(401);
  });

  test("is signed with the platform's secret when the inbox has none", async () => {
    const inbox = await inboxWith({ accessToken: "token" });
    expect((await deliver(api.app, { path: pathOf(inbox), secret })).statusCode).toBe(200);
  });

  test("is 404 for an inbox that does not exist, is of another channel, or has no id's form", async () => {
    const tenant = await buildTenant(api.context);
    const mail = await buildInbox(api.context, { tenantId: tenant.id, channel: "EMAIL" });
    for (const id of [crypto.randomUUID(), mail.id, "support", `${mail.id}0`]) {
      const answer = await deliver(api.app, { path: pathOf({ id }), secret });
      expect(answer.json()).toMatchObject({ status: 404, code: "not_found" });
    }
  });

  test("accepts a new secret within seconds, and the old one no longer", async () => {
    const inbox = await inboxWith({ accessToken: "token", appSecret: "old-secret" });
    const statusWith = async (appSecret: string) =>
      (await deliver(api.app, { path: pathOf(inbox), secret: appSecret })).statusCode;
    expect([await statusWith("old-secret"), await statusWith("new-secret")]).toEqual([200, 401]);

    const changed = await api.app.inject({
      method: "PATCH",
      url: `/api/v1/inboxes/${inbox.id}`,
      headers: await api.bearer({ tenantId: inbox.tenantId, role: "ADMIN" }),
      payload: { credentials: { appSecret: "new-secret" } },
    });
    expect(changed.statusCode).toBe(200);
    api.context.clock.advance(5_001);
    expect([await statusWith("old-secret"), await statusWith("new-secret")]).toEqual([401, 200]);
  });

  test("is 404 within seconds once the inbox is of another channel", async () => {
    const inbox = await inboxWith({ accessToken: "token" });
    expect((await deliver(api.app, { path: pathOf(inbox), secret })).statusCode).toBe(200);
    await api.context.database.withSystem((tx) =>
      tx.inbox.update({ where: { id: inbox.id }, data: { channel: "EMAIL" } }),
    );
    expect((await deliver(api.app, { path: pathOf(inbox), secret })).statusCode).toBe(200);
    api.context.clock.advance(5_001);
    expect((await deliver(api.app, { path: pathOf(inbox), secret })).statusCode).toBe(404);
  });

  test("is 503, not a case for the platform's secret, when its credentials cannot be read", async () => {
    const inbox = await inboxWith({ accessToken: "token", appSecret: "own-secret" });
    await api.context.database.withSystem((tx) =>
      tx.inbox.update({ where: { id: inbox.id }, data: { credentials: "v1.gone.AA.AA" } }),
    );
    expect((await deliver(api.app, { path: pathOf(inbox), secret })).json()).toMatchObject({
      status: 503,
      code: "unavailable",
    });
  });

  test("has a verify token of its own", async () => {
    const inbox = await inboxWith({ accessToken: "token", verifyToken: "own-token" });
    expect((await askChallenge(api, pathOf(inbox), "own-token")).body).toBe("1158201444");
    expect((await askChallenge(api, pathOf(inbox), TEST_WHATSAPP.verifyToken)).statusCode).toBe(403);
  });
});
