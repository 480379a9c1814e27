import { randomBytes } from "node:crypto";
import type { SeededTenant } from "./seed-tenant.fixture.ts";
import { isKind, type Kind, type Things } from "./things.fixture.ts";
import type { TestApi } from "../api.fixture.ts";

export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [field: string]: Json;
}

/** What a call is made of that uses something up, or that needs a secret: see `Aim.spare`. */
export interface Spare {
  /** Instead of those of the tenant. */
  things?: Partial<Things>;
  /** Further words that bodies name in braces. */
  words?: Record<string, string>;
  /** The user who calls; the owner unless given. */
  caller?: string;
}

/**
 * How a route is called so that it answers 2xx: which kind of thing each parameter takes, and what bodies there are.
 * In a body "{kind}" stands for a thing of the tenant, "{fresh}" and "{digits}" for what is new in each call. A text
 * that is a kind and nothing else is where the matrix puts another tenant's.
 */
export interface Aim {
  params?: Record<string, Kind>;
  /** Filters, each of which finds something, unless it is named in `findsNothing` with the reason. */
  query?: Record<string, Kind>;
  findsNothing?: Record<string, string>;
  /** Parameters of the query without which the route is not served. */
  required?: Record<string, Kind>;
  /** Bodies of different form; none by default. */
  bodies?: JsonObject[];
  /** Makes what one call uses up; done before each. */
  spare?: (api: TestApi, tenant: SeededTenant) => Promise<Spare>;
}

/** Where an aim names a thing. */
export interface Slot {
  place: "params" | "query" | "body";
  /** The name of the parameter, or the path of the field. */
  path: string;
  kind: Kind;
}

const WHOLE = /^\{(\w+)\}$/;
const PARTS = /\{(\w+)\}/g;

export function slotsOf({ params = {}, query = {}, required = {} }: Aim, body: JsonObject | undefined): Slot[] {
  return [...named("params", params), ...named("query", { ...query, ...required }), ...slotsIn(body ?? {}, "")];
}

function named(place: "params" | "query", kinds: Record<string, Kind>): Slot[] {
  return Object.entries(kinds).map(([path, kind]) => ({ place, path, kind }));
}

function slotsIn(value: Json, path: string): Slot[] {
  if (typeof value === "string") {
    const kind = WHOLE.exec(value)?.[1] ?? "";
    return isKind(kind) ? [{ place: "body", path, kind }] : [];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => slotsIn(part, path === "" ? key : `${path}.${key}`));
}

/** The template with every word in braces replaced; `wordAt` is asked with the path, and what it does not know stays. */
export function fill(template: Json, wordAt: (word: string, path: string) => string | undefined, path = ""): Json {
  if (typeof template === "string") {
    return template.replace(PARTS, (text, word: string) => wordAt(word, path) ?? freshWord(word) ?? text);
  }
  if (typeof template !== "object" || template === null) return template;
  if (Array.isArray(template)) return template.map((part, index) => fill(part, wordAt, join(path, index)));
  return Object.fromEntries(Object.entries(template).map(([key, part]) => [key, fill(part, wordAt, join(path, key))]));
}

function join(path: string, key: string | number): string {
  return path === "" ? String(key) : `${path}.${key}`;
}

function freshWord(word: string): string | undefined {
  const bytes = randomBytes(8);
  if (word === "fresh") return bytes.toString("hex");
  return word === "digits" ? bytes.readBigUInt64BE().toString().padStart(15, "1").slice(0, 15) : undefined;
}
