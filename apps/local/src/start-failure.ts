/** Something that we started did not work. The message holds the end of its own log, so no stack of ours is needed. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
}
