import { Agent, fetch as undiciFetch, type RequestInit as UndiciInit } from "undici";
import { parseAllowList } from "./allow-list.ts";
import { checkUrl } from "./assert-public-url.ts";
import { createGuardedConnect, type Lookup } from "./guarded-connect.ts";
import { limitBody, tooLarge } from "./limit-body.ts";
import { OutboundError } from "./outbound-error.ts";

/** Takes what the global `fetch` takes; a FormData must be undici's. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface GuardedFetch extends Fetch {
  /** Ends its connections; whoever made it closes it when shutting down. */
  close(): Promise<void>;
}

export interface GuardedFetchOptions {
  /** What is reached although it is not public: `127.0.0.1:4010`, `simulator:4010` or `10.20.0.0/16`. Nothing by default. */
  allowPrivate?: readonly string[];
  /** The longest body that is read, in bytes after decompression. */
  maxBytes: number;
  /** From the call to the last byte of the body. */
  timeoutMs: number;
  /** For tests; the system's by default. */
  lookup?: Lookup;
}

const MAX_CONNECT_MS = 10_000;
const CONNECTIONS_PER_ORIGIN = 32;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * A `fetch` for URLs that customers give: it reaches public addresses only, over http and https, follows no redirect, and
 * caps bytes and time. Whatever keeps it from an answer is an OutboundError, of the call or of reading the body; an abort
 * by the caller's own signal stays what the signal says.
 */
export function createGuardedFetch(options: GuardedFetchOptions): GuardedFetch {
  const { allowPrivate = [], maxBytes, timeoutMs, lookup } = options;
  const allowList = parseAllowList(allowPrivate);
  const agent = new Agent({
    connect: createGuardedConnect({ allowList, connectTimeoutMs: Math.min(timeoutMs, MAX_CONNECT_MS), lookup }),
    connections: CONNECTIONS_PER_ORIGIN,
    allowH2: false,
    // One timer counts for all: ours.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  async function guardedFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const request = input instanceof Request ? partsOf(input, init) : { url: input, init };
    const url = checkUrl(request.url, allowList);
    const callersSignal = request.init.signal ?? undefined;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(timedOut(timeoutMs)), timeoutMs);
    const onEnd = (error?: Error): void => {
      clearTimeout(timer);
      if (error) deadline.abort(error);
    };
    const toError = (error: unknown): Error => describe(error, callersSignal);

    try {
      const answer = await undiciFetch(url, {
        // Two declarations of one standard: node's own and undici's.
        ...(request.init as UndiciInit),
        signal: callersSignal ? AbortSignal.any([callersSignal, deadline.signal]) : deadline.signal,
        redirect: "manual",
        dispatcher: agent,
      });
      if (REDIRECTS.has(answer.status)) throw redirectRefused();
      const { status, statusText, headers } = answer;
      const head = { status, statusText, headers: [...headers] };
      if (!answer.body) {
        onEnd();
        return new Response(null, head);
      }
      if (Number(headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
      return new Response(limitBody(answer.body as ReadableStream<Uint8Array>, { maxBytes, toError, onEnd }), head);
    } catch (error) {
      const reason = toError(error);
      onEnd(reason);
      throw reason;
    }
  }

  return Object.assign(guardedFetch, { close: () => agent.destroy() });
}

/** A global Request is none of undici's: it is taken apart. What `init` says wins, as with `fetch`. */
function partsOf(request: Request, init: RequestInit): { url: string; init: RequestInit } {
  const { method, headers, body, signal } = request;
  return { url: request.url, init: { method, headers, body, signal, ...(body ? { duplex: "half" } : {}), ...init } };
}

function describe(error: unknown, callersSignal: AbortSignal | undefined): Error {
  const ours = findOutboundError(error);
  if (ours) return ours;
  // What a caller aborts with is theirs, and an Error unless they wanted otherwise.
  if (callersSignal?.aborted) return callersSignal.reason as Error;
  const code = findCode(error);
  return new OutboundError("unreachable", `The server could not be reached${code ? ` (${code})` : ""}.`);
}

/** undici wraps what the connection failed with. Its errors are not passed on: they may quote the answer. */
function findOutboundError(error: unknown): OutboundError | undefined {
  if (error instanceof OutboundError) return error;
  return error instanceof Error ? findOutboundError(error.cause) : undefined;
}

function findCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return "code" in error && typeof error.code === "string" ? error.code : findCode(error.cause);
}

function timedOut(timeoutMs: number): OutboundError {
  return new OutboundError("timed_out", `The answer was not complete after ${timeoutMs} ms.`);
}

function redirectRefused(): OutboundError {
  return new OutboundError(
    "redirect_refused",
    "The server answered with a redirect, and redirects are not followed: give the URL that it leads to.",
  );
}
