import { createRebuildHandlers, reconcileRebuilds } from "@parley/core/rebuilds";
import { newId } from "@parley/runtime";
import { buildConversation, buildMessage, runAsOwner } from "@parley/testing";
import { describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { readAudit } from "./audit.fixture.ts";
import { openDeskForEachTest, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let platform: Client;
openDeskForEachTest((opened) => ({ api, desk, platform } = opened));

const path = (): string => `/tenants/${desk.tenant.id}/rebuilds`;

/** What the worker does, until there is nothing left to do. */
async function work(rebuildId: string): Promise<void> {
  const { go_on: goOn } = createRebuildHandlers(api.context);
  while (await goOn({ tenantId: desk.tenant.id, rebuildId }));
}

describe("POST /tenants/:id/rebuilds", () => {
  test.each(["search", "reports", "usage"])("computes %s anew in the background", async (target) => {
    const started = await platform.post(path(), { target });
    expect(started).toMatchObject({
      status: 202,
      body: { data: { tenantId: desk.tenant.id, target, status: "running", rows: 0, finishedAt: null } },
    });
    const { id } = started.body.data;
    expect((await platform.get(path())).body.data).toMatchObject([{ id, status: "running" }]);
    await work(id);
    const [done] = (await platform.get(path())).body.data;
    expect(done).toMatchObject({ id, status: "done", finishedAt: expect.any(String) });
    expect(await readAudit(api, { tenantId: desk.tenant.id, action: "rebuild.started" })).toMatchObject([
      { subjectId: id, after: { target: target.toUpperCase() } },
    ]);
  });

  test("puts right what is wrong, wherever the one before died", async () => {
    const tenantId = desk.tenant.id;
    const conversation = await buildConversation(api.context, { tenantId });
    const { id: messageId } = await buildMessage(api.context, conversation, { content: { text: "a lamp" } });
    await desk.client.get("/search?q=lamp");
    await runAsOwner(api.context.urls, `delete from search_document where tenant_id = '${tenantId}'`);
    const found = async () => (await desk.client.get("/search?q=lamp&type=message")).body.data;
    expect(await found()).toEqual([]);
    const { id } = (await platform.post(path(), { target: "search" })).body.data;
    // Between any two parts another process goes on.
    await work(id);
    expect(await found()).toMatchObject([{ id: messageId }]);
    expect((await platform.get(path())).body.data[0].rows).toBeGreaterThan(0);
  });

  test("does so once at a time, and again when that is done", async () => {
    const { id } = (await platform.post(path(), { target: "reports" })).body.data;
    expect((await platform.post(path(), { target: "reports" })).body).toMatchObject({ status: 409, code: "conflict" });
    expect((await platform.post(path(), { target: "search" })).status).toBe(202);
    await work(id);
    expect((await platform.post(path(), { target: "reports" })).status).toBe(202);
  });

  test("is found again when its job was lost", async () => {
    await platform.post(path(), { target: "reports" });
    expect(await reconcileRebuilds(api.context, 60_000)).toBe(0);
    api.context.clock.advance(61_000);
    expect(await reconcileRebuilds(api.context, 60_000)).toBeGreaterThan(0);
  });

  test("is the platform's alone, and of companies that there are", async () => {
    expect((await desk.admin.post(path(), { target: "reports" })).status).toBe(403);
    expect((await desk.admin.get(path())).status).toBe(403);
    expect((await platform.post(`/tenants/${newId()}/rebuilds`, { target: "reports" })).status).toBe(404);
    expect((await platform.get(`/tenants/${newId()}/rebuilds`)).status).toBe(404);
    expect((await platform.post(path(), { target: "everything" })).status).toBe(400);
  });
});
