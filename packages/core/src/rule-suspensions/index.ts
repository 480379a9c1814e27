export { sendSuspension } from "./send-suspension.ts";
export { tellSuspension } from "./tell-suspension.ts";
