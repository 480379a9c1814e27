import { createHash } from "node:crypto";
import { request } from "undici";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Template } from "../accounts.ts";
import { startSimulator, type Simulator } from "../start-simulator.ts";
import { getJson, PHONE_NUMBER_ID } from "../testing/graph-client.ts";

const AUTHORISED = { authorization: "Bearer token" };
let simulator: Simulator;
let clock: number;

beforeEach(async () => {
  clock = 0;
  simulator = await startSimulator({
    appSecret: "secret",
    now: () => clock,
    accounts: { [PHONE_NUMBER_ID]: { wabaId: "777", templates: ["a", "b", "c"].map(template) } },
  });
});
afterEach(() => simulator.stop());

function template(name: string): Template {
  return { id: name, name, language: "en_US", status: "APPROVED", category: "UTILITY", components: [] };
}

test("an uploaded file has metadata and a URL that dies after five minutes", async () => {
  const bytes = Buffer.from([0, 255, 13, 10, 45, 45]);
  const form = new FormData();
  form.set("messaging_product", "whatsapp");
  form.set("file", new File([bytes], "a.png", { type: "image/png" }));
  const uploaded = await fetch(`${simulator.url}/v25.0/${PHONE_NUMBER_ID}/media`, {
    method: "POST",
    headers: AUTHORISED,
    body: form,
  });
  const { id } = (await uploaded.json()) as { id: string };

  const { body } = await getJson(simulator.url, `/v25.0/${id}`);
  const sha256 = createHash("sha256").update(bytes).digest("base64");
  expect(body).toMatchObject({ id, mime_type: "image/png", file_size: bytes.length, sha256 });
  const { url } = body as { url: string };

  const downloaded = await request(url, { headers: AUTHORISED });
  expect(Buffer.from(await downloaded.body.arrayBuffer())).toEqual(bytes);
  const withoutToken = await request(url);
  await withoutToken.body.dump();
  expect(withoutToken.statusCode).toBe(401);
  clock += 5 * 60 * 1000;
  const tooLate = await request(url, { headers: AUTHORISED });
  await tooLate.body.dump();
  expect(tooLate.statusCode).toBe(404);
});

test("an upload without a file is refused", async () => {
  const form = new FormData();
  form.set("messaging_product", "whatsapp");
  const url = `${simulator.url}/v25.0/${PHONE_NUMBER_ID}/media`;
  const reply = await fetch(url, { method: "POST", headers: AUTHORISED, body: form });
  expect(reply.status).toBe(400);
  expect(await reply.json()).toMatchObject({ error: { code: 100 } });
});

test("an unknown file does not exist", async () => {
  expect(await getJson(simulator.url, "/v25.0/12345")).toMatchObject({ status: 400, body: { error: { code: 100 } } });
});

test("templates come in pages, until there is no next", async () => {
  const names: string[] = [];
  let next: string | undefined = "/v25.0/777/message_templates?limit=2";
  while (next !== undefined) {
    const page = (await getJson(simulator.url, next)).body as { data: Template[]; paging: { next?: string } };
    names.push(...page.data.map(({ name }) => name));
    next = page.paging.next?.replace(simulator.url, "");
  }
  expect(names).toEqual(["a", "b", "c"]);
  expect((await getJson(simulator.url, "/v25.0/888/message_templates")).body).toEqual({ data: [], paging: {} });
});
