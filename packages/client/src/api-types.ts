import type { FetchOptions } from "openapi-fetch";
import type { HttpMethod, PathsWithMethod, RequiredKeysOf, SuccessResponse } from "openapi-typescript-helpers";
import type { paths } from "./generated/api.d.ts";

/** The routes of the API, by their paths under `/api/v1`. */
export type ApiPaths = {
  [Path in keyof paths as Path extends `/api/v1${infer Rest}` ? Rest : never]: paths[Path];
};

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** The paths that there are for a method. */
export type PathOf<Name extends Method> = PathsWithMethod<ApiPaths, Name>;

/** What an operation is given: `path`, `query` and `header` as far as it takes them, and its `body`. */
export type Input<Path extends keyof ApiPaths, Name extends HttpMethod> = InputOf<ApiPaths[Path][Name]>;

type InputOf<Operation> = (Operation extends { parameters: infer Parameters } ? Omit<Parameters, "cookie"> : object) &
  Pick<FetchOptions<Operation>, "body" | "signal">;

/** The rest parameter of a call: what is given may be left out if everything in it may be. */
export type InputArgument<Given> = RequiredKeysOf<Given> extends never ? [input?: Given] : [input: Given];

/** What an operation answers when all is well: `{ data }`, `{ data, page }`, the text of an export, or undefined. */
export type Answer<Path extends keyof ApiPaths, Name extends HttpMethod> = AnswerOf<ApiPaths[Path][Name]>;

type AnswerOf<Operation> = Operation extends { responses: infer Answers extends Record<number, unknown> }
  ? SuccessResponse<Answers>
  : never;

/** One page of a list. */
export interface Page<Item> {
  data: Item[];
  page: { nextCursor: string | null };
}

/** The paths of lists. */
export type ListPath = {
  [Path in PathOf<"get">]: Answer<Path, "get"> extends Page<unknown> ? Path : never;
}[PathOf<"get">];

/** What a list is made of. */
export type ItemOf<Path extends ListPath> = Answer<Path, "get"> extends Page<infer Item> ? Item : never;
