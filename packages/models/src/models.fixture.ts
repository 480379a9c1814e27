import { createGuardedFetch, createSilentLogger, type Clock } from "@parley/runtime";
import { startSimulator, type Simulator } from "@parley/simulator";
import { createModelClient, type ModelClientOptions } from "./call/create-model-client.ts";
import { createCircuits } from "./circuit.ts";
import type { ModelClient } from "./model-client.ts";
import type { ModelSettings } from "./model-settings.ts";

/** A simulator, clients of its models, and time that passes only when a client pauses. */
export interface ModelLab {
  simulator: Simulator;
  clock: Clock & { advance(ms: number): void };
  /** The pauses that clients made, in milliseconds. */
  pauses: number[];
  client(changes?: Partial<ModelSettings>, options?: Partial<ModelClientOptions>): ModelClient;
  close(): Promise<void>;
}

export async function startModelLab(): Promise<ModelLab> {
  const simulator = await startSimulator({ appSecret: "secret" });
  const fetch = createGuardedFetch({
    allowPrivate: [`127.0.0.1:${simulator.port}`],
    maxBytes: 1_000_000,
    timeoutMs: 5_000,
  });
  let now = Date.parse("2026-01-01T00:00:00Z");
  const clock = { now: () => new Date(now), advance: (ms: number) => void (now += ms) };
  const circuits = createCircuits({ clock });
  const pauses: number[] = [];

  return {
    simulator,
    clock,
    pauses,
    client(changes = {}, options = {}) {
      const { openAiUrl, geminiUrl } = simulator.models;
      const settings: ModelSettings = {
        provider: "openai_compatible",
        baseUrl: changes.provider === "google" ? geminiUrl : openAiUrl,
        apiKey: "key",
        model: "simulated",
        temperature: 0.2,
        maxOutputTokens: 2_000,
        ...changes,
      };
      const pause = async (ms: number): Promise<void> => {
        pauses.push(ms);
        clock.advance(ms);
      };
      const logger = createSilentLogger();
      const circuit = circuits.of("one");
      return createModelClient({ settings, fetch, clock, logger, circuit, pause, random: () => 1, ...options });
    },
    async close() {
      await fetch.close();
      await simulator.stop();
    },
  };
}
