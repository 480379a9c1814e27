import { ConfigError, processEnv, readLogLevel, runProcess } from "@parley/runtime";
import { startSimulator } from "@parley/simulator";
import { readSimulatorConfig } from "./config.ts";

await runProcess({ name: "simulator", logLevel: readLogLevel(processEnv) }, async ({ logger, shutdown }) => {
  const config = readSimulatorConfig(processEnv);
  try {
    const simulator = await startSimulator({ ...config, logger });
    shutdown.add("simulator", () => simulator.stop());
    const { openAiUrl, geminiUrl } = simulator.models;
    logger.info({ url: simulator.url, webhookUrl: config.webhookUrl, openAiUrl, geminiUrl }, "simulator is up");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    throw new ConfigError(`Port ${config.port} is taken: stop what listens there, or set SIMULATOR_PORT to another.`);
  }
});
