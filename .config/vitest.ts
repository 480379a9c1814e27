import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const root = new URL("..", import.meta.url).pathname;
const everywhere = ["packages/*/src/**", "apps/*/src/**"];

export default defineConfig({
  root,
  test: {
    // Files wait for PostgreSQL and Redis as much as they compute, so the default of one core less would leave one idle.
    maxWorkers: availableParallelism(),
    // What our modules keep (ids) may be shared, so files share what they import: that saves a quarter of the CPU time.
    isolate: false,
    projects: [
      {
        root,
        test: {
          name: "unit",
          include: everywhere.map((glob) => `${glob}/*.test.ts`),
          exclude: ["**/*.int.test.ts", "**/node_modules/**"],
        },
      },
      {
        root,
        test: {
          name: "integration",
          include: everywhere.map((glob) => `${glob}/*.int.test.ts`),
          globalSetup: ["packages/testing/src/global-setup.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
