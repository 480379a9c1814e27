import { newId } from "@parley/runtime";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestRoute } from "../api.fixture.ts";
import type { JsonObject } from "../matrix/aim.fixture.ts";
import { AIMS } from "../matrix/aims.fixture.ts";
import { callersOf, callRoute, type Call, type Caller } from "../matrix/call-route.fixture.ts";
import { aimOf, bodiesOf, openMatrix, type Matrix } from "../matrix/matrix.fixture.ts";
import type { Things } from "../matrix/things.fixture.ts";

const NOTHING_ELSE = "names nothing but who asks, and so whose the key is";
const NO_BODY = "takes no body";

/** What is changed in a body to make it another one that the route takes; or why nothing can be. */
const OTHERWISE: Record<string, ((things: Things) => JsonObject) | string> = {
  "POST /ai/conversations/:id/hold": NO_BODY,
  "POST /ai/conversations/:id/release": NO_BODY,
  "POST /ai/conversations/:id/suggest": NO_BODY,
  "POST /ai/drafts/:id/accept": () => ({ text: "Other" }),
  "POST /ai/drafts/:id/reject": () => ({ reason: "Other" }),
  "POST /ai/rules": () => ({ description: "Other" }),
  "POST /ai/rules/:id/resume": NO_BODY,
  "POST /ai/rules/:id/rollback": () => ({ version: 2 }),
  "POST /ai/rules/:id/simulate": () => ({ limit: 1 }),
  "POST /ai/snippets": () => ({ title: "Other" }),
  "POST /ai/tickets/:id/summary": NO_BODY,
  "POST /ai/translate": () => ({ text: "Other" }),
  "POST /ai/understand": () => ({ text: "Other" }),
  "POST /api-keys": () => ({ name: "Other" }),
  "POST /assignment-policies": () => ({ method: "least_loaded" }),
  "POST /auth/accept-invitation": () => ({ fullName: "Somebody Else" }),
  "POST /auth/change-password": () => ({ newPassword: "another long passphrase" }),
  "POST /auth/forgot-password": NOTHING_ELSE,
  "POST /auth/login": ({ branch }) => ({ tenantId: branch }),
  "POST /auth/logout": NOTHING_ELSE,
  "POST /auth/refresh": NOTHING_ELSE,
  "POST /auth/register": () => ({ fullName: "Somebody Else" }),
  "POST /auth/reset-password": () => ({ newPassword: "another long passphrase" }),
  "POST /auth/switch": () => ({ tenantId: newId() }),
  "POST /billing/invoices/:period/credit-notes": () => ({ reason: "Other" }),
  "POST /billing/invoices/:period/pay": NO_BODY,
  "POST /billing/periods/:period/close": NO_BODY,
  "POST /bulk-jobs": () => ({ change: { priority: "low" } }),
  "POST /bulk-jobs/:id/cancel": NO_BODY,
  "POST /bulk-jobs/:id/pause": NO_BODY,
  "POST /bulk-jobs/:id/resume": NO_BODY,
  "POST /canned-replies": () => ({ title: "Other" }),
  "POST /canned-replies/:id/render": () => ({ ticketId: newId() }),
  "POST /contact-attributes": () => ({ label: "Other" }),
  "POST /contacts": () => ({ name: "Other" }),
  "POST /contacts/:id/merge": () => ({ sourceId: newId() }),
  "POST /contacts/import": () => ({ csv: "email\nother@customers.example\n", mapping: { email: "email" } }),
  "POST /contacts/:id/data-exports": NO_BODY,
  "POST /contacts/:id/erase": NO_BODY,
  "POST /contacts/imports/:id/cancel": NO_BODY,
  "POST /contacts/imports/:id/pause": NO_BODY,
  "POST /contacts/imports/:id/resume": NO_BODY,
  "POST /contacts/imports/:id/run": NO_BODY,
  "POST /contacts/merges/:id/undo": NO_BODY,
  "POST /conversations": () => ({ inboxId: newId() }),
  "POST /conversations/:id/messages": () => ({ text: "Other" }),
  "POST /conversations/:id/read": NO_BODY,
  "POST /conversations/:id/unread": NO_BODY,
  "POST /inboxes": () => ({ name: "Other" }),
  "POST /invitations": () => ({ role: "manager" }),
  "POST /macros": () => ({ description: "Other" }),
  "POST /messages": () => ({ text: "Other" }),
  "POST /messages/:id/attachments/:attachmentId/fetch": NO_BODY,
  "POST /messages/:id/cancel": NO_BODY,
  "POST /messages/:id/retry": () => ({ acceptDuplicate: false }),
  "POST /raw-events/:id/replay": NO_BODY,
  "POST /segments": () => ({ isShared: false }),
  "POST /sla/channel-defaults/adopt": () => ({ channels: ["fnac"] }),
  "POST /sla/policies": () => ({ warnAtPercent: 70 }),
  "POST /teams": () => ({ description: "Other" }),
  "POST /teams/:id/members": () => ({ role: "member" }),
  "POST /tenants": () => ({ plan: "starter" }),
  "POST /tenants/:id/rebuilds": () => ({ target: "reports" }),
  "POST /ticket-attributes": () => ({ label: "Other" }),
  "POST /tickets": () => ({ subject: "Other" }),
  "POST /tickets/:id/assign": () => ({ teamId: null }),
  "POST /tickets/:id/macros/:macroId": NO_BODY,
  "POST /tickets/:id/merge": () => ({ intoTicketId: newId() }),
  "POST /tickets/:id/messages": () => ({ body: "Other" }),
  "POST /tickets/:id/snooze": () => ({ until: "2099-01-31T08:00:00Z" }),
  "POST /tickets/:id/split": () => ({ subject: "Other" }),
  "POST /tickets/next": () => ({ teamId: newId() }),
  "POST /views": () => ({ isShared: false }),
};

/** What a SUPER_ADMIN may call outside any tenant, where no tenant's table can hold the key. */
const OUTSIDE_TENANTS = [
  "POST /auth/switch",
  "POST /raw-events/:id/replay",
  "POST /tenants",
  "POST /tenants/:id/rebuilds",
];

const POSTS = Object.keys(AIMS).filter((name) => name.startsWith("POST "));

let matrix: Matrix;
/** Tokens and passwords that were sent or answered. */
const secrets = new Set<string>();

beforeAll(async () => {
  matrix = await openMatrix();
});

afterAll(() => matrix.api.close());

function send(route: TestRoute, call: Call, key: string): Promise<LightMyRequestResponse> {
  collectSecrets(call.body);
  return callRoute(matrix.api, route, { ...call, headers: { ...call.headers, "idempotency-key": key } });
}

function collectSecrets(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    // Only the key to the API begins so; a ticket's attributes have keys that are no secret.
    const isSecret = /token|password/i.test(name) || (name === "key" && String(part).startsWith("pk_"));
    if (typeof part === "string" && isSecret) secrets.add(part);
    else collectSecrets(part);
  }
}

const isServed = ({ statusCode }: LightMyRequestResponse): boolean => statusCode < 300;

/** Sends a call twice under one key; whether it was served at all. */
async function expectRepeated(name: string, caller: Caller, call: Call, key: string): Promise<boolean> {
  const route = matrix.routeOf(name);
  const first = await send(route, call, key);
  if (!isServed(first)) return false;
  // What is made anew would show it.
  matrix.api.context.clock.advance(1_000);
  const second = await send(route, call, key);
  if (first.body !== "") collectSecrets(first.json());
  const marks = [first, second].map(({ headers }) => headers["idempotency-replayed"]);
  expect([name, caller, ...marks]).toEqual([name, caller, undefined, "true"]);
  expect([name, caller, second.statusCode, second.body]).toEqual([name, caller, first.statusCode, first.body]);
  return true;
}

test("every POST of the API is among those that are tried here", () => {
  const posts = [...matrix.routes.keys()].filter((name) => name.startsWith("POST "));
  expect(posts.toSorted()).toEqual(Object.keys(OTHERWISE).toSorted());
  expect(POSTS.toSorted()).toEqual(posts.toSorted());
});

describe("under an Idempotency-Key", () => {
  test.each(POSTS)("%s gives the first answer again, byte for byte", async (name) => {
    for (const caller of callersOf(matrix.routeOf(name))) {
      for (const body of bodiesOf(aimOf(name))) {
        const served = await expectRepeated(name, caller, await matrix.aim(name, caller, body), newId());
        expect([name, caller, served]).toEqual([name, caller, true]);
      }
    }
  });

  test("so does whatever a SUPER_ADMIN may call outside any tenant", async () => {
    const served: string[] = [];
    for (const name of POSTS.filter((each) => matrix.routeOf(each).access !== "public")) {
      const [body] = bodiesOf(aimOf(name));
      const call = await matrix.aim(name, "super_admin", body);
      if (await expectRepeated(name, "super_admin", call, newId())) served.push(name);
    }
    expect(served).toEqual(OUTSIDE_TENANTS);
  });

  test.each(POSTS.filter((name) => typeof OTHERWISE[name] === "function"))("%s refuses another body", async (name) => {
    const otherwise = OTHERWISE[name];
    const route = matrix.routeOf(name);
    for (const caller of callersOf(route)) {
      const [body] = bodiesOf(aimOf(name));
      const call = await matrix.aim(name, caller, body);
      const key = newId();
      expect([name, caller, isServed(await send(route, call, key))]).toEqual([name, caller, true]);
      const changed = typeof otherwise === "function" ? otherwise(matrix.own.things) : {};
      const other = await send(route, { ...call, body: { ...(call.body as JsonObject), ...changed } }, key);
      expect([name, caller, other.statusCode]).toEqual([name, caller, 422]);
      expect(other.json()).toMatchObject({ code: "idempotency_mismatch" });
      expect(other.headers["idempotency-replayed"]).toBeUndefined();
    }
  });

  test("no token, no password and no API key is stored that was sent or answered", async () => {
    expect(secrets.size).toBeGreaterThan(20);
    const rows = await matrix.api.context.database.withSystem(
      (tx) => tx.$queryRaw<{ text: string }[]>`
        select concat_ws(' ', t::text, encode(owner_hash, 'escape'), encode(request_hash, 'escape')) as text
          from platform_idempotency_key t
        union all
        select concat_ws(' ', t::text, encode(request_hash, 'escape')) from idempotency_key t`,
    );
    expect(rows.length).toBeGreaterThan(POSTS.length);
    const stored = rows.map(({ text }) => text).join("\n");
    expect([...secrets].filter((secret) => stored.includes(secret))).toEqual([]);
  });
});
