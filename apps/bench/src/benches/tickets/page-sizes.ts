import { z } from "zod";
import { listRequests } from "./list-requests.ts";
import type { World } from "./world.ts";

/** With how many tickets each list is answered in the small world, by whose it is and what it asks for. */
export type PageSizes = ReadonlyMap<string, number>;

const page = z.object({ data: z.array(z.object({})) });

export function pageKey({ path, headers }: { path: string; headers: Readonly<Record<string, string>> }): string {
  return `${headers["x-raw-user"]} ${path}`;
}

/** Asks Parley for each list once. */
export async function readPageSizes({ urls, askers }: World): Promise<PageSizes> {
  const sizes = new Map<string, number>();
  for (const request of listRequests(askers)) {
    const response = await fetch(new URL(request.path, urls.parley), { headers: request.headers });
    sizes.set(pageKey(request), page.parse(await response.json()).data.length);
  }
  return sizes;
}
