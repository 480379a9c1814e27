import { step } from "@parley/runtime";
import type { Pipeline } from "./pipeline.ts";
import { runAtRate, type RateRun } from "./run-at-rate.ts";

const FIRST_RATE = 400;
const GROWTH = 1.5;
const PROBE_SECONDS = 5;
const HALVINGS = 3;
/** What the long run does not sustain is tried again at this share of it. */
const STEP_BACK = 0.92;
const TRIES = 5;

/** The highest rate that short probes find and a run of `seconds` confirms. */
export async function findSustainedRate(pipeline: Pipeline, seconds: number): Promise<RateRun> {
  let [low, high] = [0, FIRST_RATE];
  while (await isSustained(pipeline, high)) [low, high] = [high, Math.round(high * GROWTH)];
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = Math.round((low + high) / 2);
    if (await isSustained(pipeline, middle)) low = middle;
    else high = middle;
  }
  let rate = Math.max(low, 1);
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const run = await step(`${rate}/s for ${seconds} s`, () => runAtRate(pipeline, rate, seconds));
    if (run.isSustained) return run;
    rate = Math.round(rate * STEP_BACK);
  }
  throw new Error("no rate was sustained; is something else using this machine?");
}

async function isSustained(pipeline: Pipeline, rate: number): Promise<boolean> {
  const run = await step(`probe at ${rate}/s`, () => runAtRate(pipeline, rate, PROBE_SECONDS));
  console.log(`    ${run.isSustained ? "sustained" : `not sustained: ${run.backlog} webhooks waited at the end`}`);
  return run.isSustained;
}
