import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import type { Lookup } from "./guarded-connect.ts";
import { createGuardedFetch, type GuardedFetch, type GuardedFetchOptions } from "./guarded-fetch.ts";

const toUndo: (() => unknown)[] = [];
afterEach(async () => {
  for (let undo = toUndo.pop(); undo; undo = toUndo.pop()) await undo();
});

/** A server on loopback; returns its port. Connections are not kept, so each request is looked up. */
async function serve(listener: RequestListener, host = "127.0.0.1", port = 0): Promise<number> {
  const server = createServer((request, response) => {
    response.setHeader("connection", "close");
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  toUndo.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function open(options: Partial<GuardedFetchOptions> = {}): GuardedFetch {
  const guarded = createGuardedFetch({ maxBytes: 1_000_000, timeoutMs: 5_000, ...options });
  toUndo.push(() => guarded.close());
  return guarded;
}

/** A name that stands for these addresses, one look-up after the other; the last one stays. */
function standsFor(...addresses: string[]): Lookup & { count: number } {
  const lookup = async () => {
    const address = addresses[Math.min(lookup.count, addresses.length - 1)] ?? "";
    lookup.count += 1;
    return [{ address, family: address.includes(":") ? 6 : 4 }];
  };
  lookup.count = 0;
  return lookup;
}

/** Asks a server that answers so. */
async function openAt(listener: RequestListener, options: Partial<GuardedFetchOptions>) {
  const port = await serve(listener);
  const guarded = open({ allowPrivate: [`127.0.0.1:${port}`], ...options });
  return (init?: RequestInit) => guarded(`http://127.0.0.1:${port}/`, init);
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "answered",
    (error: unknown) => error,
  );
}

describe("where it goes", () => {
  test("an allowed place answers, with status, headers and body", async () => {
    const port = await serve((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        response.writeHead(201, { "x-method": request.method, "x-asked": request.headers["x-asks"] });
        response.end(Buffer.concat(parts));
      });
    });
    const answer = await open({ allowPrivate: [`127.0.0.1:${port}`] })(`http://127.0.0.1:${port}/`, {
      method: "POST",
      headers: { "x-asks": "politely" },
      body: "hello",
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("x-method")).toBe("POST");
    expect(answer.headers.get("x-asked")).toBe("politely");
    expect(await answer.text()).toBe("hello");
  });

  test("a Request is sent as a URL is", async () => {
    const port = await serve((request, response) => {
      response.setHeader("x-method", request.method ?? "");
      request.pipe(response);
    });
    const request = new Request(`http://127.0.0.1:${port}/`, { method: "PUT", body: "hello" });
    const answer = await open({ allowPrivate: ["127.0.0.0/8"] })(request);
    expect(answer.headers.get("x-method")).toBe("PUT");
    expect(await answer.text()).toBe("hello");
  });

  test.each(["http://127.0.0.1:1/", "http://[::1]:1/", "http://localhost:1/", "http://10.0.0.1/"])(
    "%s is refused before anything is sent",
    async (url) => {
      expect(await failureOf(open()(url))).toMatchObject({ name: "OutboundError", code: "address_refused" });
    },
  );

  test("the allow list is for its port, not for the one beside", async () => {
    let requests = 0;
    const port = await serve((_request, response) => {
      requests += 1;
      response.end();
    });
    const guarded = open({ allowPrivate: [`127.0.0.1:${port + 1}`] });
    expect(await failureOf(guarded(`http://127.0.0.1:${port}/`))).toMatchObject({ code: "address_refused" });
    expect(requests).toBe(0);
  });

  test.each(["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1", "64:ff9b::7f00:1"])(
    "a public name that stands for %s is refused",
    async (address) => {
      const guarded = open({ lookup: standsFor(address) });
      expect(await failureOf(guarded("https://shop.example/"))).toMatchObject({ code: "address_refused" });
    },
  );

  test("of a name's addresses only those are tried that are allowed", async () => {
    const port = await serve((_request, response) => response.end("here"));
    await serve((_request, response) => response.end("there"), "127.0.0.2", port);
    const found = ["127.0.0.2", "127.0.0.1"].map((address) => ({ address, family: 4 }));
    const guarded = open({ allowPrivate: [`127.0.0.1:${port}`], lookup: async () => found });
    const answer = await guarded(`http://shop.example:${port}/`);
    expect(await answer.text()).toBe("here");
  });

  test("a name that answers differently the second time is looked up once for each connection, and checked each time", async () => {
    let reached = 0;
    const port = await serve((_request, response) => response.end("public"));
    await serve(
      (_request, response) => {
        reached += 1;
        response.end("secret");
      },
      "127.0.0.2",
      port,
    );
    const lookup = standsFor("127.0.0.1", "127.0.0.2");
    // 127.0.0.1 plays the public address here, 127.0.0.2 the private one.
    const guarded = open({ allowPrivate: [`127.0.0.1:${port}`], lookup });
    const first = await guarded(`http://shop.example:${port}/`);
    expect(await first.text()).toBe("public");
    expect(lookup.count).toBe(1);
    expect(await failureOf(guarded(`http://shop.example:${port}/`))).toMatchObject({ code: "address_refused" });
    expect(lookup.count).toBe(2);
    expect(reached).toBe(0);
  });

  test("an allowed name may stand for a private address, on its port only", async () => {
    const port = await serve((_request, response) => response.end("hello"));
    const guarded = open({ allowPrivate: [`simulator:${port}`], lookup: standsFor("127.0.0.1") });
    expect(await (await guarded(`http://simulator:${port}/`)).text()).toBe("hello");
    expect(await failureOf(guarded(`http://simulator:${port + 1}/`))).toMatchObject({ code: "address_refused" });
    expect(await failureOf(guarded(`http://shop.example:${port}/`))).toMatchObject({ code: "address_refused" });
  });

  test.each([301, 302, 303, 307, 308])("a redirect (%i) is refused, and its target not asked", async (status) => {
    const asked: string[] = [];
    const port = await serve((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(status, { location: "/secret" }).end();
    });
    const guarded = open({ allowPrivate: [`127.0.0.1:${port}`] });
    for (const redirect of ["follow", "manual"] as const) {
      expect(await failureOf(guarded(`http://127.0.0.1:${port}/a`, { redirect }))).toMatchObject({
        code: "redirect_refused",
        message: expect.stringContaining("give the URL that it leads to"),
      });
    }
    expect(asked).toEqual(["/a", "/a"]);
  });
});

describe("how much and how long", () => {
  test("a body of exactly the limit is read, one byte more is not", async () => {
    const exact = await openAt((_request, response) => response.end("x".repeat(1000)), { maxBytes: 1000 });
    expect(await (await exact()).text()).toHaveLength(1000);
    const longer = await openAt((_request, response) => response.end("x".repeat(1001)), { maxBytes: 1000 });
    expect(await failureOf(longer())).toMatchObject({ code: "response_too_large" });
  });

  test("a body that does not say how long it is is cut, and its connection closed", async () => {
    const closed = Promise.withResolvers<string>();
    const ask = await openAt(
      (_request, response) => {
        response.on("close", () => closed.resolve("closed"));
        const pour = (): void => {
          while (response.write("x".repeat(10_000)));
          response.once("drain", pour);
        };
        pour();
      },
      { maxBytes: 100_000 },
    );
    const answer = await ask();
    expect(await failureOf(answer.text())).toMatchObject({ code: "response_too_large" });
    expect(await closed.promise).toBe("closed");
  });

  test("a small body that unfolds into a large one is cut", async () => {
    const ask = await openAt(
      (_request, response) => {
        response.setHeader("content-encoding", "gzip");
        response.end(gzipSync("x".repeat(1_000_000)));
      },
      { maxBytes: 10_000 },
    );
    expect(await failureOf((await ask()).text())).toMatchObject({ code: "response_too_large" });
  });

  test("an answer that does not come times out", async () => {
    const ask = await openAt(() => {}, { timeoutMs: 50 });
    expect(await failureOf(ask())).toMatchObject({ code: "timed_out" });
  });

  test("a body that does not end times out", async () => {
    const ask = await openAt((_request, response) => response.write("begun"), { timeoutMs: 200 });
    const reading = ask().then((answer) => answer.text());
    expect(await failureOf(reading)).toMatchObject({ code: "timed_out" });
  });

  test("a look-up that does not end times out", async () => {
    const guarded = open({ timeoutMs: 50, lookup: () => new Promise(() => {}) });
    expect(await failureOf(guarded("https://shop.example/"))).toMatchObject({ code: "timed_out" });
  });

  test("the caller's own abort stays theirs", async () => {
    const ask = await openAt((_request, response) => response.write("begun"), {});
    const abort = new AbortController();
    const reason = new Error("no longer wanted");
    const answer = await ask({ signal: abort.signal });
    const reading = failureOf(answer.text());
    abort.abort(reason);
    expect(await reading).toBe(reason);
  });

  test("a server that is away is unreachable, with the reason's code", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    expect(await failureOf(open({ allowPrivate: [`127.0.0.1:${port}`] })(`http://127.0.0.1:${port}/`))).toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("an error says nothing of what the server wrote", async () => {
    const port = await serve((request) => request.socket.end("canary-7f3a is no HTTP\r\n\r\n"));
    const error = await failureOf(open({ allowPrivate: [`127.0.0.1:${port}`] })(`http://127.0.0.1:${port}/`));
    expect(error).toMatchObject({ code: "unreachable" });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("canary");
  });
});
