export { claimKey } from "./claim-key.ts";
export { ERASED_ANSWER } from "./erased-answer.ts";
export { forgetOldKeys } from "./forget-old-keys.ts";
export type { KeyOwner } from "./key-owner.ts";
export { onceFor, replayOr } from "./once-for.ts";
export { once } from "./once.ts";
export { onceSealed } from "./once-sealed.ts";
export { prepareOnce } from "./prepare-once.ts";
export { tellOfBytes } from "./tell-of-bytes.ts";
