import { mailQueue } from "@parley/core/mail";
import { createMailHandlers } from "@parley/core/mail-jobs";
import { newId } from "@parley/runtime";
import { TEST_PASSWORD, buildTenant, buildUser } from "@parley/testing";
import { describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { readAudit } from "./audit.fixture.ts";
import { openDesk, openDeskForEachTest, readAll, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let admin: Client;
let email: string;

openDeskForEachTest((opened) => {
  ({ api, desk, admin } = opened);
  email = `${newId()}@users.example`;
});

const invite = async (role = "agent") => (await admin.post("/invitations", { email, role })).body.data;

/** As the worker does it; the token of the link. */
async function readMail({ id }: { id: string }): Promise<string> {
  const texts: string[] = [];
  const mailer = { send: async ({ text }: { text: string }) => void texts.push(text) };
  const handlers = createMailHandlers({ ...api.context, mailer, appUrl: "https://app.example" });
  await handlers.send_invitation({ tenantId: desk.tenant.id, invitationId: id });
  return /\?token=([\w-]+)$/m.exec(texts[0] ?? "")?.[1] ?? "";
}

async function accept(payload: object) {
  const answer = await api.app.inject({ method: "POST", url: "/api/v1/auth/accept-invitation", payload });
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
}

describe("POST /invitations", () => {
  test("answers 201 with the invitation, whose mail is on its way", async () => {
    const answer = await admin.post("/invitations", { email: email.toUpperCase(), role: "manager" });
    expect(answer.status).toBe(201);
    const { id } = answer.body.data;
    expect(Object.keys(answer.body.data)).toEqual([
      "id",
      "email",
      "role",
      "status",
      "invitedBy",
      "expiresAt",
      "createdAt",
      "acceptedAt",
    ]);
    expect(answer.body.data).toMatchObject({ email, role: "manager", status: "open", acceptedAt: null });
    const jobs = await api.context.jobsOn(mailQueue);
    expect(jobs).toContainEqual({
      id: `invitation-${id}`,
      name: "send_invitation",
      payload: { tenantId: desk.tenant.id, invitationId: id },
    });
  });

  test.each([
    [{ email: "nobody", role: "agent" }, "email"],
    [{ email: "a@b.example", role: "super_admin" }, "role"],
    [{ email: "a@b.example" }, "role"],
    [{ email: "a@b.example", role: "agent", tenantId: newId() }, "tenantId"],
    [{ email: "a@b.example", role: "agent", tokenHash: "00" }, "tokenHash"],
  ])("refuses %j", async (payload, path) => {
    expect((await admin.post("/invitations", payload)).body).toMatchObject({ status: 400, errors: [{ path }] });
  });

  test("answers 403 for a role above one's own, and 409 for a member", async () => {
    expect((await admin.post("/invitations", { email, role: "owner" })).body).toMatchObject({
      status: 403,
      code: "forbidden",
    });
    const member = { email: desk.agent.email, role: "agent" };
    expect((await admin.post("/invitations", member)).body).toMatchObject({ status: 409, code: "conflict" });
  });

  test("answers a repetition under its Idempotency-Key with the first invitation", async () => {
    const headers = { "idempotency-key": newId() };
    const first = await admin.post("/invitations", { email, role: "agent" }, headers);
    const second = await admin.post("/invitations", { email, role: "agent" }, headers);
    expect(second.body).toEqual(first.body);
    expect(second.headers["idempotency-replayed"]).toBe("true");
  });
});

describe("GET /invitations", () => {
  test("lists one's own company's, by status if asked", async () => {
    const open = await invite();
    email = `${newId()}@users.example`;
    const revoked = await invite();
    expect((await admin.delete(`/invitations/${revoked.id}`)).status).toBe(204);
    expect((await readAll(admin, "/invitations?limit=1")).map(({ id }) => id)).toEqual([revoked.id, open.id]);
    expect((await admin.get("/invitations?status=open")).body.data).toMatchObject([{ id: open.id }]);
    expect((await admin.get("/invitations?status=revoked")).body.data).toMatchObject([{ id: revoked.id }]);
    const stranger = await openDesk(api);
    expect((await stranger.as({ role: "OWNER" }).get("/invitations")).body.data).toEqual([]);
  });

  test("refuses a status that there is not", async () => {
    expect((await admin.get("/invitations?status=lost")).status).toBe(400);
  });
});

test("DELETE /invitations/:id of another company answers like nobody's", async () => {
  const { id } = await invite();
  const stranger = (await openDesk(api)).as({ role: "OWNER" });
  const [theirs, nobodys] = [
    await stranger.delete(`/invitations/${id}`),
    await stranger.delete(`/invitations/${newId()}`),
  ];
  expect(theirs.status).toBe(404);
  expect({ ...theirs.body, requestId: "" }).toEqual({ ...nobodys.body, requestId: "" });
  expect((await admin.get("/invitations?status=open")).body.data).toHaveLength(1);
});

describe("POST /auth/accept-invitation", () => {
  test("answers 201 like signing in, with a session that works", async () => {
    const token = await readMail(await invite("manager"));
    const answer = await accept({ token, fullName: "Agent Two", password: "0123456789" });
    expect(answer.status).toBe(201);
    expect(Object.keys(answer.body.data)).toEqual(["user", "tenant", "accessToken", "refreshToken", "expiresIn"]);
    expect(answer.body.data).toMatchObject({ user: { email, role: "manager" }, tenant: { id: desk.tenant.id } });
    const headers = { authorization: `Bearer ${answer.body.data.accessToken}` };
    expect((await api.app.inject({ url: "/api/v1/inboxes", headers })).statusCode).toBe(200);
    expect((await admin.get("/invitations?status=accepted")).body.data).toMatchObject([{ email }]);
  });

  test("tells with the token alone whether an account is to be made or proved", async () => {
    const ofNewcomer = await accept({ token: await readMail(await invite()) });
    expect(ofNewcomer.body).toMatchObject({ status: 400, errors: [{ path: "fullName" }, { path: "password" }] });
    email = (await buildUser(api.context, { tenantId: (await buildTenant(api.context)).id })).email;
    const token = await readMail(await invite());
    expect((await accept({ token })).body).toMatchObject({ status: 400, errors: [{ path: "password" }] });
    expect((await accept({ token, password: "not the password" })).body).toMatchObject({ status: 401 });
    expect((await accept({ token, password: TEST_PASSWORD })).status).toBe(201);
  });

  test("takes nothing but the token, a name and a password", async () => {
    const token = await readMail(await invite());
    const payload = { token, fullName: "Agent Two", password: "0123456789", role: "owner" };
    expect((await accept(payload)).body).toMatchObject({ status: 400, errors: [{ path: "role" }] });
  });

  test("says of a token that was used only that it is not good any more", async () => {
    const token = await readMail(await invite());
    const payload = { token, fullName: "Agent Two", password: "0123456789" };
    await accept(payload);
    const used = await accept(payload);
    const unknown = await accept({ ...payload, token: "made-up" });
    expect(used.body).toMatchObject({ status: 400, code: "validation_failed", errors: [{ path: "token" }] });
    expect({ ...used.body, requestId: "" }).toEqual({ ...unknown.body, requestId: "" });
    expect(JSON.stringify(used.body)).not.toContain(token);
  });

  test("is written down with the request", async () => {
    const token = await readMail(await invite());
    const answer = await accept({ token, fullName: "Agent Two", password: "0123456789" });
    const entries = await readAudit(api, { tenantId: desk.tenant.id, action: "member.added" });
    expect(entries).toMatchObject([{ requestId: answer.headers["x-request-id"], address: "127.0.0.1" }]);
  });
});
