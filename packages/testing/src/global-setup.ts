import { processEnv } from "@parley/runtime";
import type { TestProject } from "vitest/node";
import { prepareTemplate } from "./prepare-template.ts";
import { startTestServers } from "./start-test-servers.ts";
import { databaseUrl } from "./test-services.ts";

/** Once before all integration tests: the servers and the template database. Returns how to stop what was started. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const servers = await startTestServers(processEnv);
  try {
    const adminUrl = databaseUrl(servers.databaseUrl, "postgres");
    const template = await prepareTemplate(adminUrl, servers.ownsDatabase, processEnv);
    project.provide("testServices", { adminUrl, template, redisUrl: servers.redisUrl });
  } catch (error) {
    await servers.stop();
    throw error;
  }
  return () => servers.stop();
}
