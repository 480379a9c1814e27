import { expect, test } from "vitest";
import { parseAllowList } from "./allow-list.ts";
import { createGuardedConnect } from "./guarded-connect.ts";

test.each(["127.0.0.1", "[::1]", "169.254.169.254"])(
  "%s, which no look-up would see, is refused where connections are made",
  async (hostname) => {
    const connect = createGuardedConnect({ allowList: parseAllowList([]), connectTimeoutMs: 1_000 });
    const error = await new Promise((resolve) =>
      connect({ hostname, protocol: "http:", port: "80" }, (failure, socket) => resolve(failure ?? socket)),
    );
    expect(error).toMatchObject({ code: "address_refused" });
  },
);
