import { readPort, readUrl, readWhatsAppConfig, type Env } from "@parley/runtime";

export interface SimulatorConfig {
  host: string;
  port: number;
  appSecret: string;
  verifyToken: string;
  webhookUrl: string;
}

/** Without settings of its own the simulator calls back the API of the same machine. */
export function readSimulatorConfig(env: Env): SimulatorConfig {
  const { appSecret, verifyToken } = readWhatsAppConfig(env);
  const localApi = `http://127.0.0.1:${readPort(env, "PORT", 4000)}/webhooks/whatsapp`;
  return {
    host: env["HOST"] ?? "127.0.0.1",
    port: readPort(env, "SIMULATOR_PORT", 4010),
    appSecret,
    verifyToken,
    webhookUrl: env["SIMULATOR_WEBHOOK_URL"] ? readUrl(env, "SIMULATOR_WEBHOOK_URL", ["http:", "https:"]) : localApi,
  };
}
