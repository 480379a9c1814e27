import { z } from "zod";
import { timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";

export const openSessionJson = z
  .object({
    id: z.uuid(),
    current: z.boolean().meta({ description: "Whether it is the one that asks." }),
    address: z.string().nullable().meta({ description: "Where it was opened.", example: "192.0.2.1" }),
    userAgent: z.string().nullable().meta({ example: "Mozilla/5.0" }),
    tenantId: z.uuid().nullable().meta({ description: "The company that it works in." }),
    createdAt: timeJson,
    lastUsedAt: timeJson.meta({ description: "When it was opened or last refreshed." }),
  })
  .meta({ id: "OpenSession" });
export type OpenSessionJson = z.infer<typeof openSessionJson>;

export const listSessionsQuery = pageQuery;
export type ListSessionsQuery = z.output<typeof listSessionsQuery>;
