/** The bytes of a file as they arrive: read once, from front to back, as fast as they are stored. */
export class CsvUpload {
  readonly bytes: AsyncIterable<Uint8Array>;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.bytes = bytes;
  }

  /** Of a request as a whole its bytes are told of by their hash, once they are known. */
  toJSON(): null {
    return null;
  }
}
