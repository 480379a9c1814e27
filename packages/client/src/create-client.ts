import createFetchClient, { type Client } from "openapi-fetch";
import type { Answer, ApiPaths, Input, InputArgument, ItemOf, ListPath, Method, Page, PathOf } from "./api-types.ts";
import { createAuthorizedFetch, type Credentials, type Fetch } from "./authorized-fetch.ts";
import { ParleyError } from "./parley-error.ts";

export type ClientOptions = Credentials & {
  /** Where the server is, such as `https://parley.example`. */
  baseUrl: string;
  /** The company to work in, for a SUPER_ADMIN. */
  tenantId?: string;
  /** In place of the global one. */
  fetch?: Fetch;
};

/**
 * The API, by paths under `/api/v1`. A call returns the body of the answer (`{ data }`, `{ data, page }`, the text of an
 * export, or undefined) and throws a ParleyError when it is refused.
 */
export interface ParleyClient {
  get: Call<"get">;
  post: Call<"post">;
  put: Call<"put">;
  patch: Call<"patch">;
  delete: Call<"delete">;
  /** A list page by page, to its end. */
  eachPage<Path extends ListPath>(
    path: Path,
    ...input: InputArgument<Input<Path, "get">>
  ): AsyncGenerator<ItemOf<Path>[]>;
  /** Everything in a list, in its order; the next page is read when it is needed. */
  all<Path extends ListPath>(path: Path, ...input: InputArgument<Input<Path, "get">>): AsyncGenerator<ItemOf<Path>>;
  /** openapi-fetch's own client with the same credentials, for whoever needs status and headers. It does not throw. */
  raw: Client<ApiPaths>;
}

type Call<Name extends Method> = <Path extends PathOf<Name>>(
  path: Path,
  ...input: InputArgument<Input<Path, Name>>
) => Promise<Answer<Path, Name>>;

export function createClient(options: ClientOptions): ParleyClient {
  const { baseUrl, tenantId, fetch = globalThis.fetch } = options;
  const raw = createFetchClient<ApiPaths>({
    baseUrl: `${baseUrl.replace(/\/$/, "")}/api/v1`,
    fetch: createAuthorizedFetch(options, (request) => fetch(request)),
    ...(tenantId !== undefined && { headers: { "x-tenant-id": tenantId } }),
  });

  async function call(method: Method, path: string, input: AnyInput = {}): Promise<unknown> {
    const { body, signal, ...params } = input;
    const { data, error, response } = await requestOf(raw)(method, path, { params, body, signal, parseAs: "text" });
    if (!response.ok) throw new ParleyError(response, error);
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    return isJson && data ? JSON.parse(data) : data || undefined;
  }

  async function* eachPage(path: string, input: AnyInput = {}): AsyncGenerator<unknown[]> {
    let cursor: string | null = null;
    do {
      const query = { ...input.query, ...(cursor !== null && { cursor }) };
      // What the paths of lists answer, by their types.
      const page = (await call("get", path, { ...input, query })) as Page<unknown>;
      yield page.data;
      cursor = page.page.nextCursor;
    } while (cursor !== null);
  }

  async function* all(path: string, input?: AnyInput): AsyncGenerator {
    for await (const items of eachPage(path, input)) yield* items;
  }

  const methods = {
    get: (path: string, input?: AnyInput) => call("get", path, input),
    post: (path: string, input?: AnyInput) => call("post", path, input),
    put: (path: string, input?: AnyInput) => call("put", path, input),
    patch: (path: string, input?: AnyInput) => call("patch", path, input),
    delete: (path: string, input?: AnyInput) => call("delete", path, input),
  };
  // The types say of each path what is true of it; in here any path is meant.
  return { ...methods, eachPage, all, raw } as unknown as ParleyClient;
}

interface AnyInput {
  path?: Record<string, unknown>;
  query?: Record<string, unknown>;
  header?: Record<string, unknown>;
  body?: unknown;
  signal?: AbortSignal | null;
}

type AnyRequest = (
  method: Method,
  path: string,
  init: { params: Omit<AnyInput, "body" | "signal">; body: unknown; signal?: AbortSignal | null; parseAs: "text" },
) => Promise<{ data?: string; error?: unknown; response: Response }>;

function requestOf(raw: Client<ApiPaths>): AnyRequest {
  return raw.request as unknown as AnyRequest;
}
