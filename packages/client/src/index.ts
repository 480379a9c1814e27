export type { Answer, ApiPaths, Input, ItemOf, ListPath, Method, Page, PathOf } from "./api-types.ts";
export type { AccessToken, Credentials, Fetch } from "./authorized-fetch.ts";
export { createClient, type ClientOptions, type ParleyClient } from "./create-client.ts";
export type * from "./generated/api.d.ts";
export { ParleyError, type ProblemCode } from "./parley-error.ts";
