import { createTestContext, type TestContext } from "@parley/queue/testing";
import type { Subscription } from "../context/index.ts";
import { mailQueue } from "../mail/index.ts";
import { createLoginThrottle, createRegistrationLimit, type LoginLimits } from "../throttle/index.ts";
import type { AuthContext } from "./auth-context.ts";
import { createPasswordHasher } from "./passwords.ts";

export type TestAuthContext = AuthContext & TestContext<Subscription>;

/** A context in which passwords are hashed quickly. */
export async function createAuthContext(limits?: LoginLimits): Promise<TestAuthContext> {
  const context = await createTestContext<Subscription>({ queues: [mailQueue] });
  const { publisher, redis: config, logger } = context;
  return {
    ...context,
    passwords: createPasswordHasher({ cost: 4 }),
    registrations: createRegistrationLimit({ redis: publisher.redis, config, perHour: null }),
    throttle: createLoginThrottle({ redis: publisher.redis, config, logger, limits }),
    origin: { address: "192.0.2.1", userAgent: "test" },
  };
}
