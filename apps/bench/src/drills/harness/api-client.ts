import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";

/** The public API, used as a careful client does: every POST under an Idempotency-Key, again until there is an answer. */
export interface ApiClient {
  /** Resolves with `data` of the 2xx answer. Rejects for an answer that no repetition can better. */
  post<Data>(path: string, body: object, options?: { token?: string; key?: string }): Promise<Data>;
  /** The same with PATCH, which takes no key. */
  patch(path: string, body: object, token: string): Promise<void>;
  /** By HTTP status; "no connection", "cut off" and "no answer in time" by those names. */
  readonly answers: ReadonlyMap<string, number>;
  readonly slowestMs: number;
  close(): Promise<void>;
}

/** Longer than any answer may take, also while the database is away. */
const ANSWER_TIMEOUT_MS = 20_000;
const RETRY_PAUSE_MS = 300;
const GIVE_UP_AFTER_MS = 90_000;
/** Worth another try: the server was away, or asked for patience. */
const PASSING = new Set(["503", "429", "no connection", "cut off", "no answer in time"]);

export function createApiClient(apiUrl: string, connections: number): ApiClient {
  const timeouts = {
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
    connectTimeout: ANSWER_TIMEOUT_MS,
  };
  const pool = new Pool(apiUrl, { connections, ...timeouts });
  const answers = new Map<string, number>();
  const waiting: (() => void)[] = [];
  let free = connections;
  let slowestMs = 0;

  /** Waiting for a connection of ours is no fault of the API's, so it is not part of what is measured. */
  async function takeConnection(): Promise<void> {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
  }

  function giveConnectionBack(): void {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  }

  async function sendOnce(
    method: "POST" | "PATCH",
    path: string,
    text: string,
    headers: Record<string, string>,
  ): Promise<[string, string]> {
    await takeConnection();
    const sentAt = performance.now();
    try {
      const answer = await pool.request({ path: `/api/v1${path}`, method, headers, body: text });
      return [String(answer.statusCode), await answer.body.text()];
    } catch (error) {
      return [nameOf(error), ""];
    } finally {
      slowestMs = Math.max(slowestMs, performance.now() - sentAt);
      giveConnectionBack();
    }
  }

  async function send(
    method: "POST" | "PATCH",
    path: string,
    body: object,
    more: Record<string, string>,
  ): Promise<string> {
    const headers = { "content-type": "application/json", ...more };
    const deadline = performance.now() + GIVE_UP_AFTER_MS;
    for (;;) {
      const [answer, text] = await sendOnce(method, path, JSON.stringify(body), headers);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      if (answer.startsWith("2")) return text;
      if (!PASSING.has(answer) || performance.now() > deadline) {
        throw new Error(`${method} ${path} was answered with ${answer}: ${text.slice(0, 300)}`);
      }
      await sleep(RETRY_PAUSE_MS);
    }
  }

  return {
    answers,
    get slowestMs() {
      return slowestMs;
    },
    async post<Data>(path: string, body: object, { token, key }: { token?: string; key?: string } = {}) {
      const text = await send("POST", path, body, {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(key === undefined ? {} : { "idempotency-key": key }),
      });
      // The API's own envelope.
      return (JSON.parse(text) as { data: Data }).data;
    },
    async patch(path, body, token) {
      await send("PATCH", path, body, { authorization: `Bearer ${token}` });
    },
    close: () => pool.close(),
  };
}

/** How a request without an answer ended. */
export function nameOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ECONNREFUSED") return "no connection";
  return code.endsWith("_TIMEOUT") ? "no answer in time" : "cut off";
}
