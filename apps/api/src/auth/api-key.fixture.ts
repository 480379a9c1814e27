import { isForKeys } from "@parley/core/api-keys";
import { PERMISSIONS, type Action } from "@parley/core/context";
import type { TestApi } from "../api.fixture.ts";
import { signedIn, type Answer, type Client } from "../routes/desk.fixture.ts";

/** Every action that a key may have as a scope. */
export const KEY_SCOPES = (Object.keys(PERMISSIONS) as Action[]).filter(isForKeys);

export interface TestKey {
  id: string;
  key: string;
}

/** A key that an OWNER of the tenant has made through the API; with every scope that there is unless some are named. */
export async function makeKey(
  api: TestApi,
  options: { tenantId: string; scopes?: Action[]; expiresAt?: string; owner?: Client },
): Promise<TestKey> {
  const { tenantId, scopes = KEY_SCOPES, expiresAt, owner } = options;
  const client = owner ?? signedIn(api, { tenantId, role: "OWNER" });
  const { status, body } = await client.post("/api-keys", { name: "Shop", scopes, expiresAt });
  if (status !== 201) throw new Error(`POST /api-keys answered ${status}: ${JSON.stringify(body)}`);
  return { id: body.data.id, key: body.data.key };
}

/** A request to /api/v1 by a program with this key. */
export async function ask(
  api: Pick<TestApi, "app">,
  key: string,
  request: { method?: "GET" | "POST" | "PATCH" | "DELETE"; path: string; payload?: object; headers?: object },
): Promise<Answer> {
  const { method = "GET", path, payload, headers } = request;
  const response = await api.app.inject({
    method,
    url: `/api/v1${path}`,
    headers: { "x-api-key": key, ...headers },
    ...(payload === undefined ? {} : { payload }),
  });
  const body: unknown = response.body === "" ? undefined : response.json();
  return { status: response.statusCode, headers: response.headers, body };
}
