import { ParleyError, type ParleyClient } from "@parley/client";
import { buildTenant, buildUser, type BuiltTenant, type BuiltUser } from "@parley/testing";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { startTestApi, type TestActor, type TestApi } from "../api.fixture.ts";
import { typedClient } from "../typed-client.fixture.ts";

/** One tenant with an agent, spoken to through the API. */
export interface Desk {
  tenant: BuiltTenant;
  agent: BuiltUser;
  /** As the agent. */
  client: Client;
  /** As an ADMIN, who joins the tenant when they are first needed. */
  admin: Client;
  as(actor: Omit<TestActor, "tenantId">): Client;
  /** Somebody else who works for the tenant, an AGENT by default. */
  newMember(role?: TestActor["role"]): Promise<BuiltUser>;
  /** The published client, as the agent unless somebody else is named. For whatever is asked as the document says. */
  typed(actor?: Omit<TestActor, "tenantId">): ParleyClient;
}

export interface Client {
  get(path: string): Promise<Answer>;
  post(path: string, payload?: object, headers?: Record<string, string>): Promise<Answer>;
  put(path: string, payload?: object): Promise<Answer>;
  patch(path: string, payload: object, headers?: Record<string, string>): Promise<Answer>;
  delete(path: string): Promise<Answer>;
}

export interface Answer {
  status: number;
  headers: LightMyRequestResponse["headers"];
  /** The parsed JSON. Tests say what they expect of it. */
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
}

/** What a test begins with. */
export interface Opened {
  api: TestApi;
  desk: Desk;
  /** The desk's. */
  admin: Client;
  /** A SUPER_ADMIN outside any tenant. */
  platform: Client;
}

/** One API for all tests of a file and a desk of its own for each; `use` is given both before every test. */
export function openDeskForEachTest(use: (opened: Opened) => void): void {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
  });
  beforeEach(async () => {
    const desk = await openDesk(api);
    use({ api, desk, admin: desk.admin, platform: signedIn(api, { tenantId: null, isSuperAdmin: true }) });
  });
  afterAll(() => api.close());
}

/** The same with an ADMIN who is a member from the beginning, for tests to which their id matters. */
export function openDeskWithAdminForEachTest(use: (opened: Opened & { adminId: string }) => void): void {
  let opened: Opened;
  openDeskForEachTest((each) => (opened = each));
  beforeEach(async () => {
    const { desk } = opened;
    const { id: adminId } = await desk.newMember("ADMIN");
    use({ ...opened, adminId, admin: desk.as({ userId: adminId }) });
  });
}

export async function openDesk(api: TestApi): Promise<Desk> {
  const tenant = await buildTenant(api.context);
  const agent = await buildUser(api.context, { tenantId: tenant.id });
  const as = (actor: Omit<TestActor, "tenantId">): Client => signedIn(api, { ...actor, tenantId: tenant.id });
  return {
    tenant,
    agent,
    client: as({ userId: agent.id }),
    admin: as({ role: "ADMIN" }),
    as,
    newMember: (role) => buildUser(api.context, { tenantId: tenant.id, role }),
    typed: (actor = { userId: agent.id }) => typedClient(api, { ...actor, tenantId: tenant.id }),
  };
}

/** Anybody, such as a SUPER_ADMIN outside any tenant. */
export function signedIn(api: TestApi, actor: TestActor): Client {
  let bearer: Promise<{ authorization: string }> | undefined;
  async function send(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    payload?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    bearer ??= api.bearer(actor);
    const response = await api.app.inject({
      method,
      url: `/api/v1${path}`,
      headers: { ...(await bearer), ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
    const body: unknown = response.body === "" ? undefined : response.json();
    return { status: response.statusCode, headers: response.headers, body };
  }
  return {
    get: (path) => send("GET", path),
    post: (path, payload, headers) => send("POST", path, payload, headers),
    put: (path, payload) => send("PUT", path, payload),
    patch: (path, payload, headers) => send("PATCH", path, payload, headers),
    delete: (path) => send("DELETE", path),
  };
}

/** What became of calls of the published client, which are made at the same time: the status of a refusal, else 200. */
export function statusesOf(calls: readonly Promise<unknown>[]): Promise<number[]> {
  return Promise.all(
    calls.map((call) =>
      call.then(
        () => 200,
        (error: unknown) => {
          if (error instanceof ParleyError) return error.status;
          throw error;
        },
      ),
    ),
  );
}

/** Follows `nextCursor` to the end of a list. `meanwhile` runs before each further page. */
export async function readAll(
  client: Client,
  path: string,
  meanwhile: () => Promise<unknown> = async () => undefined,
): Promise<{ id: string }[]> {
  const rows: { id: string }[] = [];
  let cursor: string | null = null;
  do {
    const page: Answer = await client.get(`${path}${cursor === null ? "" : `&cursor=${cursor}`}`);
    if (page.status !== 200) throw new Error(`${path} answered ${page.status}: ${JSON.stringify(page.body)}`);
    rows.push(...page.body.data);
    cursor = page.body.page.nextCursor;
    if (cursor !== null) await meanwhile();
  } while (cursor !== null);
  return rows;
}
