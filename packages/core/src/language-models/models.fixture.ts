import type { Prisma } from "@parley/db";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { startSimulator, type Simulator } from "@parley/simulator";
import { sealApiKey } from "./ai-settings.ts";
import { createModelAccess } from "./model-access.ts";
import type { ModelContext } from "./model-context.ts";

/** A context whose models are the simulator's. */
export interface ModelDesk {
  ctx: TestContext & ModelContext;
  simulator: Simulator;
  /** Gives a tenant a simulated model, at prices that show in the ledger, unless `settings` say otherwise. */
  configure(tenantId: string, settings?: Partial<Prisma.AiSettingsUncheckedCreateInput>): Promise<void>;
  close(): Promise<void>;
}

/** Shorter than a hanging model hangs. */
const TIMEOUT_MS = 1_500;

export async function openModelDesk(): Promise<ModelDesk> {
  const context = await createTestContext({ queues: [] });
  const simulator = await startSimulator({ appSecret: "secret" });
  const { clock, logger, keyring } = context;
  const models = createModelAccess({
    privateHosts: [`127.0.0.1:${simulator.port}`],
    timeoutMs: TIMEOUT_MS,
    // Deadlines pass in real time.
    clock: { now: () => new Date() },
    logger,
  });
  return {
    ctx: { ...context, clock, models },
    simulator,
    async configure(tenantId, settings = {}) {
      const data = {
        provider: "OPENAI_COMPATIBLE",
        baseUrl: simulator.models.openAiUrl,
        sealedApiKey: sealApiKey(keyring, tenantId, "key"),
        model: "simulated",
        inputPriceMicros: 1_000_000n,
        outputPriceMicros: 2_000_000n,
        ...settings,
      } as const;
      await context.database.withSystem((tx) =>
        tx.aiSettings.upsert({
          where: { tenantId },
          create: { tenantId, ...data },
          update: { ...data, version: { increment: 1 } },
        }),
      );
    },
    async close() {
      await models.close();
      await simulator.stop();
      await context.close();
    },
  };
}
