import { createIdentification } from "@parley/core/auth";
import { connectFailFast } from "@parley/queue";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { buildSession, buildUser, waitUntil } from "@parley/testing";
import type { LightMyRequestResponse } from "fastify";
import { startTestApi, testAuth, testLimiting, type TestApi } from "../api.fixture.ts";
import type { ApiContext } from "../context.ts";
import type { RateLimits } from "./rate-limit-config.ts";

export const LIMITS: RateLimits = {
  user: { read: 5, write: 3, send: 4 },
  tenant: { read: 8, write: 5, send: 6 },
  address: { auth: 3, session: 4, refused: 5, register: 100_000 },
};

export type Headers = Record<string, string>;

/** Several processes of the API over the same servers. */
export interface Installation {
  servers: TestContext;
  /** The first process, with `LIMITS`. */
  api: TestApi;
  /** Another process, with a connection of its own. */
  startInstance: StartInstance;
  /** An ADMIN of the tenant, or a SUPER_ADMIN outside any, whom every process knows. */
  signIn(tenantId: string | null): Promise<Headers>;
  close(): Promise<void>;
}

type StartInstance = (overrides?: Partial<ApiContext>, limits?: RateLimits) => Promise<TestApi>;

export async function openInstallation(): Promise<Installation> {
  const servers = await createTestContext();
  const undo: (() => unknown)[] = [() => servers.close()];

  const startInstance: StartInstance = async (overrides = {}, limits = LIMITS) => {
    const redis = connectFailFast(servers.redis);
    const system = { ...servers, ...testAuth({ redis }, servers.redis) };
    const instance = await startTestApi({
      system,
      identification: createIdentification(system),
      limiting: testLimiting({ redis }, servers.redis, limits),
      ...overrides,
    });
    undo.push(
      () => redis.disconnect(),
      () => instance.close(),
    );
    await waitUntil(() => redis.status === "ready", "Redis answers");
    return instance;
  };

  const api = await startInstance();
  return {
    servers,
    api,
    startInstance,
    async signIn(tenantId) {
      const membership = tenantId === null ? { isSuperAdmin: true } : { tenantId, role: "ADMIN" as const };
      const { id: sub } = await buildUser(servers, membership);
      const { id: sid } = await buildSession(servers, { userId: sub, tenantId });
      return { authorization: `Bearer ${api.app.jwt.access.sign({ sub, sid })}` };
    },
    async close() {
      for (const close of undo.toReversed()) await close();
    },
  };
}

/** Asks again and again, each time after the answer. */
export async function inTurn(
  times: number,
  ask: (index: number) => Promise<LightMyRequestResponse>,
): Promise<LightMyRequestResponse[]> {
  const answers: LightMyRequestResponse[] = [];
  for (let index = 0; index < times; index += 1) answers.push(await ask(index));
  return answers;
}

/** Which answers say that there were too many requests. */
export const limited = (answers: readonly LightMyRequestResponse[]) =>
  answers.map(({ statusCode }) => statusCode === 429);
export const LAST_ONLY = (count: number) => Array.from({ length: count + 1 }, (_empty, index) => index === count);
/** What an answer says of its limit: how many, and how many are left. */
export const standing = ({ headers }: LightMyRequestResponse) => [
  Number(headers["ratelimit-limit"]),
  Number(headers["ratelimit-remaining"]),
];
