import { randomFillSync } from "node:crypto";
import { parse, v5, v7 } from "uuid";
import type { Clock } from "./clock.ts";

const ID_BYTES = 16;
/** Drawn for many ids at once: a call costs about as much for one of them. */
const randomness = Buffer.alloc(256 * ID_BYTES);
let drawnTo = randomness.length;
let newestMs = -Infinity;
let ordinal = 0;

/** A new UUIDv7: ids made by one process sort in the order in which they were made. */
export function newId(): string {
  const random = drawRandomness();
  const nowMs = Date.now();
  if (nowMs > newestMs) {
    newestMs = nowMs;
    // Its first bit is 0, so that a millisecond has room for two thousand million more.
    ordinal = random.readUInt32BE(6) >>> 1;
  } else {
    ordinal += 1;
  }
  return v7({ msecs: newestMs, seq: ordinal, random });
}

function drawRandomness(): Buffer {
  if (drawnTo === randomness.length) {
    randomFillSync(randomness);
    drawnTo = 0;
  }
  drawnTo += ID_BYTES;
  return randomness.subarray(drawnTo - ID_BYTES, drawnTo);
}

/** The same UUIDv5 (RFC 9562) for the same name within `namespace`, an id, whoever asks and whenever. */
export function nameBasedId(namespace: string, name: string): string {
  return v5(name, namespace);
}

/** One arrival may bring up to so many things; Meta batches at most 1,000 updates. */
const PARTS_OF_ARRIVAL = 4_096;

/**
 * Makes ids for what arrives: they sort by arrival, and leave room between them so that what an arrival brought
 * (`idWithinArrival`) sorts behind it and before the next one, whichever process makes those ids, and whenever.
 */
export function createArrivalIds(clock: Clock): () => string {
  let lastMs = 0;
  let sequence = 0;
  return () => {
    const nowMs = clock.now().getTime();
    sequence = nowMs > lastMs ? 0 : sequence + PARTS_OF_ARRIVAL;
    lastMs = Math.max(lastMs, nowMs);
    return v7({ msecs: lastMs, seq: sequence });
  };
}

/** A UUIDv7 for the `position`-th (0-based) thing that an arrival brought. */
export function idWithinArrival(arrivalId: string, position: number): string {
  const bytes = parse(arrivalId);
  return v7({ msecs: millisecondsOf(bytes), seq: sequenceOf(bytes) + 1 + Math.min(position, PARTS_OF_ARRIVAL - 2) });
}

/** RFC 9562: the first 48 bits are milliseconds since 1970. */
function millisecondsOf(bytes: Uint8Array): number {
  return bytes.subarray(0, 6).reduce((value, byte) => value * 256 + byte, 0);
}

/** The 32 bits around version and variant in which the library puts the sequence. */
function sequenceOf(bytes: Uint8Array): number {
  const [b6 = 0, b7 = 0, b8 = 0, b9 = 0, b10 = 0] = bytes.subarray(6, 11);
  return (b6 & 0x0f) * 2 ** 28 + (b7 << 20) + ((b8 & 0x3f) << 14) + (b9 << 6) + (b10 >> 2);
}
