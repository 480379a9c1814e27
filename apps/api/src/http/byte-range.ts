import type { ByteRange } from "@parley/core/media";

const ONE_RANGE = /^bytes=(?<first>\d{0,15})-(?<last>\d{0,15})$/;

/**
 * What a `Range` asks for of a file of `size` bytes (RFC 9110, 14). Undefined for the whole file: nothing is asked for,
 * or several ranges, or what is none, which may all be answered so. "unsatisfiable": it has no such bytes.
 */
export function readByteRange(header: string | undefined, size: number): ByteRange | "unsatisfiable" | undefined {
  const { first, last } = ONE_RANGE.exec(header?.replaceAll(" ", "") ?? "")?.groups ?? {};
  if (first === undefined || last === undefined || first + last === "") return undefined;
  if (first === "") return lastBytes(Number(last), size);
  if (last !== "" && Number(last) < Number(first)) return undefined;
  if (Number(first) >= size) return "unsatisfiable";
  return { first: Number(first), last: last === "" ? size - 1 : Math.min(Number(last), size - 1) };
}

function lastBytes(count: number, size: number): ByteRange | "unsatisfiable" {
  if (count === 0 || size === 0) return "unsatisfiable";
  return { first: Math.max(size - count, 0), last: size - 1 };
}
