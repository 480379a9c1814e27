import { strToU8, Zip, ZipDeflate, ZipPassThrough } from "fflate";

/** A file of an archive, as it comes. */
export interface ZipEntry {
  name: string;
  pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;
  /** It does not get smaller, as images and sound. */
  isPacked?: boolean;
}

/** Entries as one zip, one after the other, as fast as it is taken: no file is in memory as a whole. */
export async function* zipEntries(entries: AsyncIterable<ZipEntry>, at: Date): AsyncGenerator<Uint8Array> {
  let made: Uint8Array[] = [];
  let failure: Error | undefined;
  const take = (): Uint8Array[] => {
    if (failure) throw failure;
    const taken = made;
    made = [];
    return taken;
  };
  const archive = new Zip((error, bytes) => {
    if (error) failure = error;
    else made.push(bytes);
  });
  for await (const { name, pieces, isPacked = false } of entries) {
    const file = isPacked ? new ZipPassThrough(name) : new ZipDeflate(name, { level: 6 });
    file.mtime = at;
    archive.add(file);
    for await (const piece of pieces) {
      file.push(typeof piece === "string" ? strToU8(piece) : piece);
      yield* take();
    }
    file.push(new Uint8Array(0), true);
    yield* take();
  }
  archive.end();
  yield* take();
}
