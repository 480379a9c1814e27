import type { WordIndex } from "../text/word-index.ts";
import { intentFeatures } from "./features.ts";
import { INTENT_LABELS, type IntentLabel } from "./labels.ts";
import type { IntentLine } from "./read-lines.ts";

const LABELS = INTENT_LABELS.length;

const EPOCHS = 15;
const LEARNING_RATE = 0.5;
/** Pulls weights towards zero, so that rare words do not decide. */
const DECAY = 1e-5;
/** Biases move slowly: they say what is common among the lines, which says little of what is common among customers. */
const BIAS_RATE = 0.05;

/** Feature `f` speaks for label `l` with `weights[f * LABELS + l]`. */
export interface IntentModel {
  features: ReadonlyMap<string, number>;
  weights: Float64Array;
  /** What is said for each label before a word is read. */
  biases: Float64Array;
  /** Words that mean much the same, by class. */
  classes: WordIndex<string>;
}

interface Sparse {
  indexes: readonly number[];
  values: readonly number[];
}

interface Example extends Sparse {
  label: number;
}

/**
 * Multinomial logistic regression by stochastic gradient descent with AdaGrad's step sizes. The same lines in the same
 * order give the same model.
 */
export function trainIntents(lines: readonly IntentLine[], classes: WordIndex<string>): IntentModel {
  const features = new Map<string, number>();
  const examples = lines.map((line) => toExample(line, features, classes));
  const weights = new Float64Array(features.size * LABELS);
  const model: IntentModel = { features, weights, biases: new Float64Array(LABELS), classes };
  const squares = new Float64Array(weights.length).fill(1e-8);
  const errors = new Float64Array(LABELS);
  const stride = strideOver(examples.length);
  for (let turn = 0; turn < EPOCHS * examples.length; turn += 1) {
    const example = examples[(turn * stride) % examples.length];
    if (example) learn(example, model, squares, errors);
  }
  return model;
}

function learn(example: Example, model: IntentModel, squares: Float64Array, errors: Float64Array): void {
  const { weights, biases } = model;
  score(example, model, errors);
  toShares(errors);
  errors[example.label] = (errors[example.label] ?? 0) - 1;
  for (let label = 0; label < LABELS; label += 1) {
    biases[label] = (biases[label] ?? 0) - BIAS_RATE * (errors[label] ?? 0);
  }
  for (let at = 0; at < example.indexes.length; at += 1) {
    const first = (example.indexes[at] ?? 0) * LABELS;
    const value = example.values[at] ?? 0;
    for (let label = 0; label < LABELS; label += 1) {
      const weight = weights[first + label] ?? 0;
      const gradient = (errors[label] ?? 0) * value + DECAY * weight;
      const sum = (squares[first + label] ?? 0) + gradient * gradient;
      squares[first + label] = sum;
      weights[first + label] = weight - (LEARNING_RATE * gradient) / Math.sqrt(sum);
    }
  }
}

/** How likely each label is for `text`, by the model; the shares add up to one. */
export function intentShares(model: IntentModel, text: string): Map<IntentLabel, number> {
  const indexes: number[] = [];
  const values: number[] = [];
  for (const [name, value] of intentFeatures(text, model.classes)) {
    const index = model.features.get(name);
    if (index !== undefined) {
      indexes.push(index);
      values.push(value);
    }
  }
  const scores = new Float64Array(LABELS);
  score({ indexes, values }, model, scores);
  toShares(scores);
  return new Map(INTENT_LABELS.map((label, index) => [label, scores[index] ?? 0]));
}

function toExample(line: IntentLine, features: Map<string, number>, classes: WordIndex<string>): Example {
  const own = intentFeatures(line.text, classes);
  const indexes = Array.from(own.keys(), (name) => {
    const index = features.get(name) ?? features.size;
    features.set(name, index);
    return index;
  });
  return { indexes, values: [...own.values()], label: INTENT_LABELS.indexOf(line.label) };
}

function score({ indexes, values }: Sparse, model: IntentModel, into: Float64Array): void {
  into.set(model.biases);
  for (let at = 0; at < indexes.length; at += 1) {
    const first = (indexes[at] ?? 0) * LABELS;
    const value = values[at] ?? 0;
    for (let label = 0; label < LABELS; label += 1) {
      into[label] = (into[label] ?? 0) + value * (model.weights[first + label] ?? 0);
    }
  }
}

/** Softmax, in place. */
function toShares(scores: Float64Array): void {
  const highest = Math.max(...scores);
  let total = 0;
  for (let label = 0; label < LABELS; label += 1) {
    const share = Math.exp((scores[label] ?? 0) - highest);
    scores[label] = share;
    total += share;
  }
  for (let label = 0; label < LABELS; label += 1) scores[label] = (scores[label] ?? 0) / total;
}

/** Visits all lines in a mixed order: files hold the lines of one label together, which would be forgotten by the end. */
function strideOver(count: number): number {
  let stride = Math.max(1, Math.floor(count * 0.618));
  while (greatestCommonDivisor(stride, count) !== 1) stride += 1;
  return stride;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
