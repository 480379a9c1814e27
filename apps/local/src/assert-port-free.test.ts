import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { assertPortFree } from "./assert-port-free.ts";

test("a port in use is refused in a sentence that names the variable", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const sentence = `port ${port} is in use: stop what listens there, or choose another with SIMULATOR_PORT=`;
  await expect(assertPortFree("SIMULATOR_PORT", "127.0.0.1", port)).rejects.toThrow(sentence);
  server.close();
  await once(server, "close");
  await expect(assertPortFree("SIMULATOR_PORT", "127.0.0.1", port)).resolves.toBeUndefined();
});
