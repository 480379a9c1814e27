export { createLoginThrottle, LOGIN_LIMITS, type LoginLimits, type LoginThrottle } from "./login-throttle.ts";
export { networkOf } from "./network-of.ts";
export { createRegistrationLimit, type RegistrationLimit } from "./registration-limit.ts";
