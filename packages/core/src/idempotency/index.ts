export { claimKey } from "./claim-key.ts";
export { forgetOldKeys } from "./forget-old-keys.ts";
export { once } from "./once.ts";
