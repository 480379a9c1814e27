/** The baseline: the same route and the same answer, read with Prisma, for anybody who asks. */
import { meJson } from "@parley/core/auth";
import { readDatabaseConfig } from "@parley/db";
import { openPrisma } from "@parley/db/open-prisma";
import { processEnv } from "@parley/runtime";
import Fastify, { type FastifyBaseLogger } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { z } from "zod";
import { serveParent } from "../../setting/serve-parent.ts";
import { benchId } from "../../world/bench-ids.ts";

const POOL = 20;

await serveParent("bare-server", async ({ logger, shutdown }) => {
  const prisma = openPrisma(readDatabaseConfig(processEnv).systemUrl, POOL, (error) => logger.warn({ err: error }));
  shutdown.add("database", () => prisma.$disconnect());

  const loggerInstance: FastifyBaseLogger = logger;
  const app = Fastify({ loggerInstance, disableRequestLogging: true });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.get("/api/v1/auth/me", { schema: { response: { 200: z.object({ data: meJson }) } } }, async () => {
    const user = await prisma.user.findUniqueOrThrow({
      where: { id: benchId("agent", 0) },
      include: { memberships: { include: { tenant: true } } },
    });
    const memberships = user.memberships.map(({ role, tenant }) => ({
      tenantId: tenant.id,
      name: tenant.name,
      slug: tenant.slug,
      role: role.toLowerCase(),
    }));
    const [first] = user.memberships;
    const tenant = first && {
      id: first.tenant.id,
      name: first.tenant.name,
      slug: first.tenant.slug,
      status: first.tenant.status.toLowerCase(),
      plan: first.tenant.plan.toLowerCase(),
      createdAt: first.tenant.createdAt.toISOString(),
    };
    const { id, email, fullName, isSuperAdmin } = user;
    return {
      data: {
        user: { id, email, fullName, isSuperAdmin, role: memberships[0]?.role ?? null },
        tenant: tenant ?? null,
        memberships,
      },
    };
  });
  shutdown.add("server", () => app.close());
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { url: () => url };
});
