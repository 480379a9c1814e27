import iconv from "iconv-lite";

/** What files of contacts are written in. Besides UTF-8 and UTF-16 those that have one byte a character. */
export const TEXT_ENCODINGS = [
  "utf-8",
  "utf-16le",
  "utf-16be",
  "windows-1252",
  "windows-1250",
  "iso-8859-15",
  "macintosh",
] as const;
export type TextEncoding = (typeof TEXT_ENCODINGS)[number];

const UTF8_BOM = Buffer.from([0xef, 0xbb, 0xbf]);
/** A byte in so many that is NUL, on one side only: ASCII in UTF-16. */
const NUL_SHARE = 0.25;
const LOOKED_AT = 4_096;
const BEYOND_ASCII = /[\u0080-\uffff]/;

export interface EncodingDetector {
  /** To be given all bytes, in order. */
  add(bytes: Uint8Array): void;
  /** After the last: the encoding. */
  detect(): TextEncoding;
}

/**
 * Tells the encoding by all the bytes of a file and not by its beginning: the first name with an accent may stand in its
 * last line. What is no UTF-16 and no valid UTF-8 is Windows-1252, which holds Latin-1.
 */
export function createEncodingDetector(): EncodingDetector {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let wide: TextEncoding | undefined;
  let isFirst = true;
  let isUtf8 = true;
  let hasManyByted = false;
  const decode = (bytes?: Uint8Array): void => {
    try {
      hasManyByted ||= BEYOND_ASCII.test(decoder.decode(bytes, { stream: bytes !== undefined }));
    } catch {
      // A file that ends in the middle of a character is cut off, if there are whole ones in it.
      isUtf8 = bytes === undefined && hasManyByted;
    }
  };
  return {
    add(bytes) {
      if (isFirst) wide = wideEncodingOf(bytes);
      isFirst = false;
      if (wide === undefined && isUtf8) decode(bytes);
    },
    detect() {
      if (wide !== undefined) return wide;
      if (isUtf8) decode();
      return isUtf8 ? "utf-8" : "windows-1252";
    },
  };
}

/** UTF-16, by its byte order mark, or by the NULs that it makes of ASCII; undefined when it is none. */
export function wideEncodingOf(beginning: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const [first, second] = beginning;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const nuls = [0, 0];
  const length = Math.min(beginning.length, LOOKED_AT);
  for (let index = 0; index < length; index += 1) {
    if (beginning[index] === 0) nuls[index % 2] = (nuls[index % 2] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = nuls;
  if (odd > length * NUL_SHARE && even < odd / 4) return "utf-16le";
  return even > length * NUL_SHARE && odd < even / 4 ? "utf-16be" : undefined;
}

/**
 * A part of a file as UTF-8, without the byte order mark of its beginning. Parts of UTF-16 end with whole characters
 * (`splitAt`); the others have no state from one part to the next, or are UTF-8 already.
 */
export function toUtf8(bytes: Buffer, encoding: TextEncoding, isBeginning: boolean): Buffer {
  if (encoding === "utf-8") {
    const hasMark = isBeginning && bytes.subarray(0, UTF8_BOM.length).equals(UTF8_BOM);
    return hasMark ? bytes.subarray(UTF8_BOM.length) : bytes;
  }
  // Node's own decoder takes windows-1252 for Latin-1 (as of version 24).
  return Buffer.from(iconv.decode(bytes, encoding, { stripBOM: isBeginning }));
}

/** Where to cut, at `length` bytes or just before, so that no character of UTF-16 is cut. */
export function splitAt(bytes: Buffer, length: number, wide: "utf-16le" | "utf-16be" | undefined): number {
  if (wide === undefined || length < 4) return length;
  const even = length - (length % 2);
  const unit = wide === "utf-16le" ? bytes.readUInt16LE(even - 2) : bytes.readUInt16BE(even - 2);
  const isHalf = unit >= 0xd800 && unit <= 0xdbff;
  return isHalf ? even - 2 : even;
}
