import type { BuiltTenant } from "@parley/testing";
import type { TestApi } from "../api.fixture.ts";

export const storedTenant = ({ context }: TestApi, id: string): Promise<BuiltTenant> =>
  context.database.withSystem((tx) => tx.tenant.findUniqueOrThrow({ where: { id } }));
