import { fold } from "../text/fold.ts";
import { lookUp, type WordIndex } from "../text/word-index.ts";

const SHORTEST_GRAM = 3;
const LONGEST_GRAM = 5;
/** What is longer is no word. */
const LONGEST_WORD = 40;
/** Classes carry over to words never seen, so they weigh most; pieces of words are there for typos and endings. */
const CLASS_WEIGHT = 3;
const CLASS_PAIR_WEIGHT = 1.2;
const WORD_WEIGHT = 1;
const PAIR_WEIGHT = 0.7;
const GRAM_WEIGHT = 0.15;

const LINK = /https?:\/\/\S+|www\.\S+/g;
const ADDRESS = /\S{1,64}@\S{1,200}/g;
const TOKEN = /[a-z]+|\d+|[?!€$£%]/g;

/**
 * What the classifier sees of a text: words, pairs of neighbours, pieces of words, classes of words and which classes
 * meet, without accents, each with its weight, together of length one. Of figures only their size remains, of links and
 * addresses that they are there.
 */
export function intentFeatures(text: string, classes: WordIndex<string>): Map<string, number> {
  const tokens = tokenize(text);
  const features = new Map<string, number>();
  let previous = "^";
  for (const token of tokens) {
    features.set(`w ${token}`, WORD_WEIGHT);
    features.set(`p ${previous} ${token}`, PAIR_WEIGHT);
    previous = token;
    if (token.length >= SHORTEST_GRAM) addGrams(token, features);
  }
  features.set(`p ${previous} $`, PAIR_WEIGHT);
  addClasses(new Set(tokens.flatMap((token) => lookUp(classes, token))), features);
  if (tokens.length <= 2) features.set("short", WORD_WEIGHT);
  return toUnitLength(features);
}

function tokenize(text: string): string[] {
  const plain = fold(text).replaceAll(LINK, " linkhere ").replaceAll(ADDRESS, " addresshere ");
  return Array.from(plain.matchAll(TOKEN), ([token]) => (/^\d/.test(token) ? figure(token) : token));
}

/** The length of a figure tells sizes from order numbers; its digits tell nothing. */
function figure(digits: string): string {
  return digits.length <= 2 ? "9" : digits.length <= 4 ? "999" : "99999";
}

function addClasses(classes: ReadonlySet<string>, features: Map<string, number>): void {
  const names = [...classes].toSorted();
  for (const [at, name] of names.entries()) {
    features.set(`c ${name}`, CLASS_WEIGHT);
    for (const other of names.slice(at + 1)) features.set(`cc ${name} ${other}`, CLASS_PAIR_WEIGHT);
  }
}

function addGrams(word: string, features: Map<string, number>): void {
  const padded = `<${word.slice(0, LONGEST_WORD)}>`;
  for (let length = SHORTEST_GRAM; length <= LONGEST_GRAM; length += 1) {
    for (let start = 0; start + length <= padded.length; start += 1) {
      features.set(`g ${padded.slice(start, start + length)}`, GRAM_WEIGHT);
    }
  }
}

function toUnitLength(features: Map<string, number>): Map<string, number> {
  let squares = 0;
  for (const weight of features.values()) squares += weight * weight;
  const length = Math.sqrt(squares) || 1;
  for (const [name, weight] of features) features.set(name, weight / length);
  return features;
}
