export { findArrivals, type Arrival } from "./find-arrivals.ts";
export { loadFacts, type FactsSetting } from "./load-facts.ts";
export { isAboutMessages, readPastEvents, type PastEvents } from "./past-events.ts";
export { readEvents, type EventKey, type RuleEvent } from "./read-events.ts";
export { changesOf, isAmong, triggersOf, type Asked } from "./triggers.ts";
