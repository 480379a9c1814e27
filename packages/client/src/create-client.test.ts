import { describe, expect, expectTypeOf, test } from "vitest";
import { answering, problem } from "./answers.fixture.ts";
import { createClient, ParleyError, type Team, type TeamMember } from "./index.ts";

const at = { baseUrl: "https://parley.example/", apiKey: "pk_1" } as const;

describe("a call", () => {
  test("sends path, query and headers, and returns the body of the answer", async () => {
    const { fetch, sent } = answering(() => Response.json({ data: [], page: { nextCursor: null } }));
    const client = createClient({ ...at, fetch });
    const answer = await client.get("/teams/{id}/members", {
      path: { id: "a/b" },
      query: { limit: 2 },
      header: { "X-Request-Id": "mine" },
    });
    expect(answer).toEqual({ data: [], page: { nextCursor: null } });
    expectTypeOf(answer.data).toEqualTypeOf<TeamMember[]>();
    expect(sent[0]).toMatchObject({ method: "GET", url: "https://parley.example/api/v1/teams/a%2Fb/members?limit=2" });
    expect(sent[0]?.headers.get("x-request-id")).toBe("mine");
    expect(sent[0]?.headers.get("x-api-key")).toBe("pk_1");
  });

  test("sends a body as JSON", async () => {
    const { fetch, sent } = answering(() => Response.json({ data: { id: "1" } }, { status: 201 }));
    const { data } = await createClient({ ...at, fetch }).post("/teams", { body: { name: "Returns" } });
    expectTypeOf(data).toEqualTypeOf<Team>();
    expect(data.id).toBe("1");
    expect(sent[0]).toMatchObject({ method: "POST", body: '{"name":"Returns"}' });
    expect(sent[0]?.headers.get("content-type")).toBe("application/json");
  });

  test("returns undefined where there is nothing to say", async () => {
    const { fetch } = answering(() => new Response(null, { status: 204 }));
    expect(await createClient({ ...at, fetch }).delete("/teams/{id}", { path: { id: "1" } })).toBeUndefined();
  });

  test("returns an export as text", async () => {
    const { fetch } = answering(() => new Response("id\r\n1\r\n", { headers: { "content-type": "text/csv" } }));
    const csv = await createClient({ ...at, fetch }).get("/audit-log/export");
    expectTypeOf(csv).toEqualTypeOf<string>();
    expect(csv).toBe("id\r\n1\r\n");
  });

  test("works in the company that was named", async () => {
    const { fetch, sent } = answering(() => Response.json({ data: {} }));
    await createClient({ ...at, tenantId: "tenant-1", fetch }).get("/tenants/current");
    expect(sent[0]?.headers.get("x-tenant-id")).toBe("tenant-1");
  });

  test("does not compile with what the route does not take", () => {
    const client = createClient(at);
    const wrong = [
      // @ts-expect-error a body that names no field of the route
      () => client.post("/teams", { body: { name: "Returns", colour: "red" } }),
      // @ts-expect-error no body
      () => client.post("/teams"),
      // @ts-expect-error a filter that there is not
      () => client.get("/teams", { query: { colour: "red" } }),
      // @ts-expect-error a path that there is not
      () => client.get("/colours"),
      // @ts-expect-error something that is no list
      () => client.all("/teams/{id}", { path: { id: "1" } }),
    ];
    expect(wrong).toHaveLength(5);
  });

  test("is also there with status and headers", async () => {
    const { fetch } = answering(() =>
      Response.json({ data: {} }, { status: 201, headers: { "idempotency-replayed": "true" } }),
    );
    const { response } = await createClient({ ...at, fetch }).raw.POST("/teams", { body: { name: "Returns" } });
    expect(response.status).toBe(201);
    expect(response.headers.get("idempotency-replayed")).toBe("true");
  });
});

/** What a call throws that is answered with `response`. */
const refusal = (response: Response): Promise<unknown> =>
  createClient({ ...at, fetch: () => Promise.resolve(response) })
    .get("/teams")
    .catch((error: unknown) => error);

describe("a refusal", () => {
  test("is thrown as what the problem document says", async () => {
    const errors = [{ path: "limit", message: "is too large" }];
    const error = await refusal(problem(400, "validation_failed", { errors }));
    expect(error).toBeInstanceOf(ParleyError);
    expect(error).toMatchObject({
      message: "400 validation_failed: Do something else.",
      status: 400,
      code: "validation_failed",
      detail: "Do something else.",
      errors,
      requestId: "request-1",
      retryAfterSeconds: null,
    });
  });

  test("says when to try again", async () => {
    const error = await refusal(problem(429, "rate_limited", {}, { "retry-after": "12" }));
    expect(error).toMatchObject({ code: "rate_limited", errors: [], retryAfterSeconds: 12 });
  });

  test.each([
    ["a page", new Response("<h1>Bad gateway</h1>", { status: 502, statusText: "Bad Gateway" })],
    ["JSON of another kind", Response.json({ code: "conflict" }, { status: 502, statusText: "Bad Gateway" })],
    ["nothing", new Response(null, { status: 502, statusText: "Bad Gateway" })],
  ])("by something in between, with %s, has no code", async (_what, response) => {
    expect(await refusal(response)).toMatchObject({ status: 502, code: null, detail: "Bad Gateway", requestId: null });
  });
});

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

describe("a list", () => {
  const pages: Record<string, object> = {
    "": { data: [{ id: "1" }, { id: "2" }], page: { nextCursor: "b" } },
    b: { data: [{ id: "3" }], page: { nextCursor: "c" } },
    c: { data: [], page: { nextCursor: null } },
  };
  const open = () => {
    const { fetch, sent } = answering(({ url }) => Response.json(pages[new URL(url).searchParams.get("cursor") ?? ""]));
    return { client: createClient({ ...at, fetch }), sent };
  };

  test("is read page by page to its end, with the same filters", async () => {
    const { client, sent } = open();
    const read = await collect(client.eachPage("/teams", { query: { search: "x" } }));
    expectTypeOf(read).toEqualTypeOf<Team[][]>();
    expect(read.map((page) => page.map(({ id }) => id))).toEqual([["1", "2"], ["3"], []]);
    const queries = sent.map(({ url }) => new URL(url).search);
    expect(queries).toEqual(["?search=x", "?search=x&cursor=b", "?search=x&cursor=c"]);
  });

  test("is read one by one, and no further than it is needed", async () => {
    const { client, sent } = open();
    for await (const { id } of client.all("/teams")) {
      if (id === "2") break;
    }
    expect(sent).toHaveLength(1);
    expect((await collect(client.all("/teams"))).map(({ id }) => id)).toEqual(["1", "2", "3"]);
  });
});
