import { createTestContext, type TestContext } from "@parley/queue/testing";
import type { Subscription } from "../context/index.ts";
import type { AuthContext } from "./auth-context.ts";
import { createPasswordHasher } from "./passwords.ts";

export type TestAuthContext = AuthContext & TestContext<Subscription>;

/** A context in which passwords are hashed quickly. */
export async function createAuthContext(): Promise<TestAuthContext> {
  const context = await createTestContext<Subscription>();
  return {
    ...context,
    passwords: createPasswordHasher({ cost: 4 }),
    origin: { address: "192.0.2.1", userAgent: "test" },
  };
}
