import { fileURLToPath } from "node:url";
import { defineConfig } from "prisma/config";

const fromRoot = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

// The CLI would otherwise download a native engine; ours is the same engine in WebAssembly, from npm.
process.env["PRISMA_SCHEMA_ENGINE_BINARY"] ??= fromRoot("packages/db/src/schema-engine/schema-engine.mjs");

export default defineConfig({
  schema: fromRoot("prisma/schema"),
  migrations: { path: fromRoot("prisma/migrations"), seed: "node prisma/seed.ts" },
  // `prisma generate` wants a URL though it connects to nothing.
  datasource: { url: process.env["DATABASE_URL"] ?? "postgresql://localhost:5432/parley" },
});
