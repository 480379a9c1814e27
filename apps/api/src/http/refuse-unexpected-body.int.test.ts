import { newId } from "@parley/runtime";
import { buildRawEvent } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi, TestRoute } from "../api.fixture.ts";
import { openDeskForEachTest, type Desk } from "../routes/desk.fixture.ts";

let api: TestApi;
let desk: Desk;
/** Of somebody who may call every route. */
let headers: Record<string, string>;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  const superAdmin = await api.bearer({ tenantId: null, isSuperAdmin: true });
  headers = { ...superAdmin, "x-tenant-id": desk.tenant.id };
});

/** Those of the API that read no body although their method may have one. */
function bodilessRoutes(): TestRoute[] {
  return api.routes.filter(
    ({ path, method, schema }) => path.startsWith("/api/v1/") && method !== "GET" && schema?.body === undefined,
  );
}

/** `text` goes over the wire as it is. */
function send(
  { method, path }: Pick<TestRoute, "method" | "path">,
  text: string | undefined,
  options: { headers?: Record<string, string>; type?: string } = {},
) {
  const { type = "application/json" } = options;
  return api.app.inject({
    method,
    url: path.replaceAll(/:\w+/g, () => newId()),
    headers: { ...(options.headers ?? headers), "content-type": type },
    ...(text !== undefined && { payload: text }),
  });
}

async function quarantinedEvent(): Promise<{ method: "POST"; path: string; status: () => Promise<string> }> {
  const { id } = await buildRawEvent(api.context, { tenantId: desk.tenant.id, status: "QUARANTINED" });
  return {
    method: "POST",
    path: `/api/v1/raw-events/${id}/replay`,
    status: async () => (await desk.client.get(`/raw-events/${id}`)).body.data.status,
  };
}

describe("a route without a body", () => {
  test("refuses any, and says so", async () => {
    const routes = bodilessRoutes();
    expect(routes.length).toBeGreaterThan(5);
    for (const route of routes) {
      for (const text of ['{"force":true}', '[{"force":true}]', "[]", '""', '"all"', "0", "false", "null"]) {
        const response = await send(route, text);
        const detail = "This takes no body; send the request without one.";
        const problem = expect.objectContaining({ code: "validation_failed", detail });
        const { method, path } = route;
        expect([method, path, text, response.statusCode, response.json()]).toEqual([method, path, text, 400, problem]);
      }
    }
  });

  test("does nothing when it refuses one", async () => {
    const event = await quarantinedEvent();
    expect((await send(event, '{"force":true}')).statusCode).toBe(400);
    expect(await event.status()).toBe("quarantined");
  });

  test.each([
    ["an empty object", "{}"],
    ["a content type and nothing else", ""],
    ["no content at all", undefined],
  ])("takes %s for none", async (_what, text) => {
    const event = await quarantinedEvent();
    expect((await send(event, text)).statusCode).toBeLessThan(300);
    expect(await event.status()).toBe("received");
  });

  test("refuses what is not JSON as every other does", async () => {
    const event = await quarantinedEvent();
    expect((await send(event, "{")).json()).toMatchObject({ status: 400, code: "invalid_json" });
    expect((await send(event, "a=1", { type: "text/plain" })).statusCode).toBe(415);
    expect((await send(event, `"${"x".repeat(1024 * 1024)}"`)).statusCode).toBe(413);
  });

  test("tells only whoever may call it", async () => {
    const agent = await api.bearer({ tenantId: desk.tenant.id, role: "AGENT" });
    const event = await quarantinedEvent();
    expect((await send(event, '{"force":true}', { headers: {} })).statusCode).toBe(401);
    expect((await send(event, '{"force":true}', { headers: agent })).statusCode).toBe(403);
  });
});

test("a body of a GET is never read", async () => {
  for (const text of ['{"limit":1}', "{"]) {
    const response = await send({ method: "GET", path: "/api/v1/teams" }, text);
    expect([text, response.statusCode]).toEqual([text, 200]);
  }
});
