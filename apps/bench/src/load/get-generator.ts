/** Gets one path again and again, each request with the next of several tokens. */
import { serveParent } from "../setting/serve-parent.ts";
import { driveConnections, type LoadResult } from "./drive-connections.ts";

export interface GetRequest {
  url: string;
  path: string;
  tokens: readonly string[];
  connections: number;
  seconds: number;
}

function generate({ url, path, tokens, connections, seconds }: GetRequest): Promise<LoadResult> {
  const { host } = new URL(url);
  const requests = tokens.map((token) =>
    Buffer.from(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\n\r\n`),
  );
  const requestAt = (index: number): Buffer => {
    const request = requests[index % requests.length];
    if (!request) throw new Error("there is no token to ask with");
    return request;
  };
  return driveConnections({ url, connections, seconds, requestAt });
}

await serveParent("get-generator", async () => ({ generate }));
