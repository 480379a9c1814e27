import { newId } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDeskForEachTest, type Desk } from "../routes/desk.fixture.ts";

let api: TestApi;
let desk: Desk;

openDeskForEachTest((opened) => ({ api, desk } = opened));

function nested(levels: number): object {
  let body: object = {};
  for (let level = 1; level < levels; level += 1) body = { name: body };
  return body;
}

describe("a body that is nested", () => {
  test("deeper than any of ours is refused, whether or not the route reads it", async () => {
    const owner = desk.as({ role: "OWNER" });
    for (const path of ["/teams", `/raw-events/${newId()}/replay`]) {
      const answer = await owner.post(path, nested(1_000), { "idempotency-key": newId() });
      expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringContaining("100 levels") } });
    }
  });

  test("too deep to be walked through is refused as well", async () => {
    const payload = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    const headers = { ...(await api.bearer({ tenantId: desk.tenant.id })), "content-type": "application/json" };
    const answer = await api.app.inject({ method: "POST", url: "/api/v1/messages", headers, payload });
    expect([answer.statusCode, answer.json()]).toEqual([400, expect.objectContaining({ code: "validation_failed" })]);
  });

  test("a hundred levels deep is read", async () => {
    const answer = await desk.as({ role: "OWNER" }).post("/teams", nested(100));
    expect(answer.body.errors).toContainEqual({ path: "name", message: expect.stringContaining("string") });
  });
});

test("an id that is longer than any is refused without being repeated", async () => {
  const id = "x".repeat(5_000);
  const answer = await desk.client.get(`/inboxes/${id}`);
  expect(answer).toMatchObject({ status: 400, body: { code: "bad_request" } });
  expect(JSON.stringify(answer.body)).not.toContain("xxx");
});
