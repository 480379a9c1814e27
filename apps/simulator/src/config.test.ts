import { ConfigError } from "@parley/runtime";
import { expect, test } from "vitest";
import { readSimulatorConfig } from "./config.ts";

test("without settings it serves port 4010 and calls back the local API", () => {
  expect(readSimulatorConfig({})).toMatchObject({
    host: "127.0.0.1",
    port: 4010,
    webhookUrl: "http://127.0.0.1:4000/webhooks/whatsapp",
  });
});

test("the callback follows the API's port, or is given whole", () => {
  expect(readSimulatorConfig({ PORT: "5000" }).webhookUrl).toBe("http://127.0.0.1:5000/webhooks/whatsapp");
  expect(readSimulatorConfig({ SIMULATOR_WEBHOOK_URL: "http://api:4000/hook" }).webhookUrl).toBe(
    "http://api:4000/hook",
  );
});

test("a wrong setting is named", () => {
  expect(() => readSimulatorConfig({ SIMULATOR_PORT: "many" })).toThrow(ConfigError);
  expect(() => readSimulatorConfig({ SIMULATOR_WEBHOOK_URL: "nowhere" })).toThrow("SIMULATOR_WEBHOOK_URL");
});
