import { LIST_VARIANTS } from "./list-variants.ts";
import type { PreparedRequest } from "./request-generator.ts";
import type { Asker } from "./world.ts";

/** Every list that each of them looks at. */
export function listRequests(askers: readonly Asker[]): PreparedRequest[] {
  return askers.flatMap((asker) =>
    Object.entries(LIST_VARIANTS).map(([label, variant]): PreparedRequest => {
      const path = `/api/v1/tickets?${new URLSearchParams(variant(asker)).toString()}`;
      return { label, method: "GET", path, headers: headersOf(asker) };
    }),
  );
}

/** The baseline asks for no token, and is told what Parley finds out from it. */
export function headersOf({ token, tenantId, userId }: Asker): Record<string, string> {
  return { authorization: `Bearer ${token}`, "x-raw-tenant": tenantId, "x-raw-user": userId };
}
