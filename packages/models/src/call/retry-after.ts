import { z } from "zod";

/** Google's way (google.rpc.RetryInfo): in the body, as "13s" or "0.5s". */
const retryInfo = z.object({
  error: z.object({ details: z.array(z.object({ retryDelay: z.string().optional() }).loose()) }),
});

/** When a provider wants to be asked again, in milliseconds from `now`; undefined if it does not say. */
export function retryAfterMs(
  answer: { responseHeaders?: Record<string, string> | undefined; responseBody?: string | undefined },
  now: Date,
): number | undefined {
  return fromHeader(answer.responseHeaders?.["retry-after"], now) ?? fromBody(answer.responseBody);
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function fromHeader(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}

function fromBody(body: string | undefined): number | undefined {
  if (!body?.includes("retryDelay")) return undefined;
  try {
    const { data } = retryInfo.safeParse(JSON.parse(body));
    const delay = data?.error.details.find(({ retryDelay }) => retryDelay)?.retryDelay;
    const seconds = /^(\d+(?:\.\d+)?)s$/.exec(delay ?? "")?.[1];
    return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1000);
  } catch {
    // A body that is no JSON does not say.
    return undefined;
  }
}
