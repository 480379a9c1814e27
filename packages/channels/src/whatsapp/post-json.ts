import type { Dispatcher } from "undici";

/** One POST. `url` is complete; `timeoutMs` covers everything: waiting for a connection, writing, the whole answer. */
interface PostRequest {
  url: URL;
  headers: Record<string, string>;
  body: string;
  timeoutMs: number;
}

/**
 * How a POST ended:
 * - answered: the whole answer is here;
 * - not_written: no byte of the request was handed to a connection, and none will be;
 * - interrupted: the request was written, wholly or in part, and the (whole) answer did not come.
 */
export type PostResult =
  | { kind: "answered"; httpStatus: number; headers: Record<string, string | string[] | undefined>; body: string }
  | { kind: "not_written"; error: Error }
  | { kind: "interrupted"; error: Error; httpStatus?: number };

/** The time given to a POST ran out. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

/**
 * Posts once and never rejects. Error codes cannot tell reliably whether a request was written (a reset comes with the
 * same code before and after), so this asks undici itself: it calls `onRequestStart` right before the first write.
 */
export function postJson(dispatcher: Dispatcher, request: PostRequest): Promise<PostResult> {
  return new Promise((resolve) => {
    const call = new PostCall(resolve, request.timeoutMs);
    try {
      dispatcher.dispatch(
        {
          origin: request.url.origin,
          path: request.url.pathname,
          method: "POST",
          headers: { ...request.headers, "content-type": "application/json" },
          body: request.body,
          // The deadline is ours: undici's own timers cover only some of the phases.
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        call,
      );
    } catch (error) {
      call.onResponseError(null, error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/** The life of one POST inside undici. */
class PostCall implements Dispatcher.DispatchHandler {
  #resolve: ((result: PostResult) => void) | undefined;
  #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #head: { httpStatus: number; headers: Record<string, string | string[] | undefined> } | undefined;
  #chunks: Buffer[] = [];

  constructor(resolve: (result: PostResult) => void, timeoutMs: number) {
    this.#resolve = resolve;
    this.#timer = setTimeout(() => this.#expire(timeoutMs), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // After the deadline the request counts as not written, and a second start would be a second send. Throwing makes
    // undici drop the request and keep the connection; aborting would close it.
    if (this.#resolve === undefined || this.#controller !== undefined) {
      throw new Error("this request may not be written any more");
    }
    this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    httpStatus: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (httpStatus >= 200) this.#head = { httpStatus, headers };
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#head !== undefined) {
      this.#settle({ kind: "answered", ...this.#head, body: Buffer.concat(this.#chunks).toString("utf8") });
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#fail(error);
  }

  #expire(timeoutMs: number): void {
    const error = new DeadlineError(`no answer within ${timeoutMs} ms`);
    this.#fail(error);
    this.#controller?.abort(error);
  }

  #fail(error: Error): void {
    const written = this.#controller !== undefined;
    this.#settle(
      written ? { kind: "interrupted", error, httpStatus: this.#head?.httpStatus } : { kind: "not_written", error },
    );
  }

  #settle(result: PostResult): void {
    clearTimeout(this.#timer);
    this.#resolve?.(result);
    this.#resolve = undefined;
  }
}
