export { needlesOf, patternsOf, speaksOf, type Needles } from "./speaks-of.ts";
export { openTraces, sealTraces, tracesOf } from "./person-traces.ts";
export { readErasedSince } from "./read-erased-since.ts";
