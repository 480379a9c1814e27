import { createContactImportHandlers } from "@parley/core/contact-imports";
import { newId } from "@parley/runtime";
import { request as httpRequest } from "node:http";
import { Readable } from "node:stream";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDeskForEachTest, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let headers: Record<string, string>;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  headers = await api.bearer({ tenantId: desk.tenant.id, role: "MANAGER" });
});

interface Sent {
  payload: string | Buffer | Readable | object;
  type?: string;
  query?: string;
  more?: Record<string, string>;
}

async function send({ payload, type, query = "", more = {} }: Sent) {
  const answer = await api.app.inject({
    method: "POST",
    url: `/api/v1/contacts/import${query}`,
    headers: { ...headers, ...more, ...(type && { "content-type": type }) },
    payload,
  });
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
}

async function get(path: string) {
  const answer = await api.app.inject({ url: `/api/v1/contacts${path}`, headers });
  return { status: answer.statusCode, text: answer.body, json: () => answer.json(), headers: answer.headers };
}

/** What the worker does with the first part. */
const work = (importId: string): Promise<unknown> =>
  createContactImportHandlers(api.context).run_part({ tenantId: desk.tenant.id, importId, rows: 0 });

const BOUNDARY = "a-line-between-parts";
const formOf = (fields: Record<string, string>, csv: string, after: Record<string, string> = {}): Buffer => {
  const part = (name: string, value: string, more = "") =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
  const all = [
    ...Object.entries(fields).map(([name, value]) => part(name, value)),
    part("file", csv, '; filename="people.csv"'),
    ...Object.entries(after).map(([name, value]) => part(name, value)),
  ];
  return Buffer.from(`${all.join("")}--${BOUNDARY}--\r\n`);
};
const FORM = `multipart/form-data; boundary=${BOUNDARY}`;

describe("POST /contacts/import", () => {
  test("takes a file as the body, with options in the query", async () => {
    const mapping = encodeURIComponent(JSON.stringify({ Post: "email", Wer: "name" }));
    const made = await send({
      payload: "Post;Wer\r\na@b.example;A\r\n",
      type: "text/csv; charset=utf-8",
      query: `?mapping=${mapping}&fileName=a.csv&onMatch=skip`,
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        data: {
          status: "running",
          dryRun: false,
          onMatch: "skip",
          fileName: "a.csv",
          delimiter: "semicolon",
          columns: [
            {
              header: "Post",
              field: "email",
            },
            {
              header: "Wer",
              field: "name",
            },
          ],
          size: 25,
          rows: 0,
          progress: 0,
        },
      },
    });
    await work(made.body.data.id);
    expect((await get(`/imports/${made.body.data.id}`)).json()).toMatchObject({
      data: { status: "done", created: 1, firstErrors: [] },
    });
    expect((await get("/lookup?email=a@b.example")).json()).toMatchObject({ data: [{ name: "A" }] });
  });

  test("takes the file of a form, whose fields come before it", async () => {
    const fields = { mapping: '{"E":"email"}', dryRun: "true" };
    const made = await send({ payload: formOf(fields, "E,N\na@b.example,A\n"), type: FORM });
    expect(made).toMatchObject({
      status: 201,
      body: { data: { fileName: "people.csv", dryRun: true, columns: [{ field: "email" }, { field: null }] } },
    });
  });

  test("takes a small file within JSON", async () => {
    const made = await send({ payload: { csv: "email\na@b.example\n", dryRun: true } });
    expect(made).toMatchObject({ status: 201, body: { data: { dryRun: true } } });
  });

  test("takes a file of many chunks as it arrives", async () => {
    const rows = Array.from({ length: 60_000 }, (_none, index) => `c${index}@customers.example,Customer ${index}\n`);
    const stream = Readable.from(["email,name\n", ...rows].map((row) => Buffer.from(row)));
    const made = await send({ payload: stream, type: "text/csv", query: "?dryRun=true" });
    expect(made.status).toBe(201);
    const chunks = await api.context.database.withTenant(desk.tenant.id, (tx) => tx.contactImportChunk.count());
    expect(chunks).toBeGreaterThan(8);
  });

  test("under one key is one import, if the bytes are the same", async () => {
    const key = { "idempotency-key": newId() };
    const csv = { payload: "email\na@b.example\n", type: "text/csv", more: key };
    const [first, second] = [await send(csv), await send(csv)];
    expect([first.status, second.status, second.headers["idempotency-replayed"]]).toEqual([201, 201, "true"]);
    expect(second.body).toEqual(first.body);
    const other = await send({ ...csv, payload: "email\nb@b.example\n" });
    expect([other.status, other.body.code]).toEqual([422, "idempotency_mismatch"]);
    const count = await api.context.database.withTenant(desk.tenant.id, (tx) => tx.contactImport.count());
    expect(count).toBe(1);
  });

  test.each([
    ["an option that there is not", { payload: "email\n", type: "text/csv", query: "?colour=red" }, "colour"],
    ["a mapping that is no JSON", { payload: "email\n", type: "text/csv", query: "?mapping=email" }, "mapping"],
    ["a mapping to nothing that contacts have", { payload: { csv: "a\n", mapping: { a: "colour" } } }, "mapping.a"],
    ["a form with such a mapping", { payload: formOf({ mapping: "email" }, "email\n"), type: FORM }, "mapping"],
    ["no file", { payload: {} }, "csv"],
    ["a form without a file", { payload: Buffer.from(`--${BOUNDARY}--\r\n`), type: FORM }, "csv"],
    ["nothing", { payload: "", type: "text/csv" }, "csv"],
  ] as [string, Sent, string][])("refuses %s", async (_what, sent, path) => {
    const { status, body } = await send(sent);
    expect([status, body.code, body.errors?.map((error: { path: string }) => error.path)]).toEqual([
      400,
      "validation_failed",
      [path],
    ]);
  });

  test("refuses what is no file of text, and who is no manager", async () => {
    expect((await send({ payload: "x", type: "application/zip" })).status).toBe(415);
    headers = await api.bearer({ tenantId: desk.tenant.id });
    expect((await send({ payload: "email\na@b.example\n", type: "text/csv" })).status).toBe(403);
  });

  test("keeps nothing of a file that is cut off on its way", async () => {
    await api.app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = api.app.server.address() as { port: number };
    await new Promise<void>((resolve) => {
      const outgoing = httpRequest({
        port,
        method: "POST",
        path: "/api/v1/contacts/import",
        headers: {
          ...headers,
          "content-type": "text/csv",
          "content-length": "1000000",
        },
      });
      outgoing.on("error", () => resolve());
      outgoing.on("close", () => resolve());
      outgoing.write(`email\n${"a@b.example\n".repeat(40_000)}`, () => outgoing.destroy());
    });
    await expect
      .poll(() => api.context.database.withTenant(desk.tenant.id, (tx) => tx.contactImport.count()), { timeout: 5_000 })
      .toBe(0);
  });
});

const start = async (csv: string, options: object = {}): Promise<string> =>
  (await send({ payload: { csv, ...options } })).body.data.id;
const steer = async (id: string, verb: string) => {
  const answer = await api.app.inject({ method: "POST", url: `/api/v1/contacts/imports/${id}/${verb}`, headers });
  return { status: answer.statusCode, body: answer.json() };
};

describe("an import", () => {
  test("is listed, and its errors are a CSV", async () => {
    const id = await start("email,name\nnobody,=1\n");
    await work(id);
    expect((await get("/imports?status=done")).json()).toMatchObject({ data: [{ id, failed: 1 }] });
    const errors = await get(`/imports/${id}/errors`);
    expect(errors.headers["content-disposition"]).toBe('attachment; filename="contacts-not-imported.csv"');
    expect(errors.text).toBe(
      `email,name,row,error\r\nnobody,'=1,2,"email: must be an e-mail address, like name@example.com"\r\n`,
    );
  });

  test("pauses, goes on, and ends; what is over cannot", async () => {
    const id = await start("email\na@b.example\n");
    expect(await steer(id, "pause")).toMatchObject({ status: 200, body: { data: { status: "paused" } } });
    await work(id);
    expect(await steer(id, "resume")).toMatchObject({ body: { data: { status: "running", rows: 0 } } });
    expect(await steer(id, "cancel")).toMatchObject({ body: { data: { status: "cancelled" } } });
    expect(await steer(id, "resume")).toMatchObject({ status: 409, body: { code: "conflict" } });
  });

  test("that was only tried is made real with the same file, once", async () => {
    const id = await start("email\na@b.example\nnobody\n", { dryRun: true });
    expect(await steer(id, "run")).toMatchObject({ status: 409 });
    await work(id);
    expect((await get(`/imports/${id}`)).json()).toMatchObject({ data: { status: "done", created: 1, failed: 1 } });
    expect(await steer(id, "run")).toMatchObject({
      status: 200,
      body: { data: { dryRun: false, rows: 0, failed: 0 } },
    });
    await work(id);
    expect((await get(`/imports/${id}`)).json()).toMatchObject({
      data: { status: "done", dryRun: false, created: 1, failed: 1, firstErrors: [{ row: 3 }] },
    });
    expect(await steer(id, "run")).toMatchObject({ status: 409 });
  });

  test("and each step of it is in the audit log, without what people wrote", async () => {
    const id = await start("email,Secret header\na@b.example,x\n", { fileName: "secret name.csv" });
    await steer(id, "pause");
    await steer(id, "cancel");
    const entries = await api.context.database.withTenant(desk.tenant.id, (tx) =>
      tx.auditEntry.findMany({ where: { subjectId: id }, orderBy: { id: "asc" } }),
    );
    expect(entries.map(({ action }) => action)).toEqual([
      "contact_import.created",
      "contact_import.paused",
      "contact_import.cancelled",
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/secret|a@b/i);
  });
});

describe("GET /contacts/export", () => {
  test("is a download of the chosen columns, with a byte order mark if asked for", async () => {
    const { body } = await send({ payload: { csv: "email,name\na@b.example,'=1+1\n" } });
    await work(body.data.id);
    const answer = await get("/export?columns=name,email&bom=true");
    expect(answer.headers["content-disposition"]).toBe('attachment; filename="contacts.csv"');
    expect(answer.text).toBe("\ufeffname,email\r\n'=1+1,a@b.example\r\n");
    expect((await get("/export?columns=colour")).status).toBe(400);
    expect((await get(`/export?segmentId=${newId()}`)).status).toBe(404);
  });
});
