import { isColissimoNumber, isDhlExpressNumber, isS10Number, isUpsNumber } from "./check-digits.ts";
import { findCue } from "./cues.ts";
import type { Carrier, Certainty, TrackingNumber } from "./entity.ts";
import type { Code } from "./find-codes.ts";

/** What the check digit, or a beginning that nothing else has, makes sure of wherever it stands. */
const CERTAIN: readonly (readonly [Carrier, (code: string) => boolean])[] = [
  ["ups", isUpsNumber],
  ["colissimo", isColissimoNumber],
  ["la_poste", (code) => isS10Number(code) && code.endsWith("FR")],
  ["dhl", (code) => /^J(?:JD|VGL)\d{10,20}$/.test(code)],
];

/** What a carrier's numbers look like after its name. Without check digits that are published, the name must do. */
const SHAPES_OF: Readonly<Record<Carrier, (code: string) => boolean>> = {
  colissimo: (code) => /^\d[A-Z]\d{11}$/.test(code) || /^[A-Z]{2}\d{9}[A-Z]{2}$/.test(code),
  chronopost: (code) => /^[A-Z]{2}\d{9}[A-Z]{2}$/.test(code) || /^[A-Z0-9]{13,15}$/.test(code),
  la_poste: (code) => /^\d[A-Z]\d{11}$/.test(code) || /^[A-Z]{2}\d{9}[A-Z]{2}$/.test(code),
  ups: (code) => /^1Z[A-Z0-9]{16}$/.test(code) || /^\d{9,12}$/.test(code),
  dhl: (code) => isDhlExpressNumber(code) || /^\d{12,20}$/.test(code) || /^[A-Z]{2,4}\d{8,20}(?:[A-Z]{2})?$/.test(code),
  dpd: (code) => /^\d{14}[A-Z0-9]?$/.test(code) || /^\d{11,12}$/.test(code),
  mondial_relay: (code) => /^\d{8}$|^\d{10}$|^\d{12}$/.test(code),
  gls: (code) => /^\d{8}$|^\d{10,12}$|^[A-Z0-9]{8}$/.test(code),
  fedex: (code) => /^\d{12}$|^\d{15}$|^\d{20}$|^\d{22}$/.test(code),
};

const CARRIER_NAMES: readonly (readonly [Carrier, RegExp])[] = [
  ["mondial_relay", /mondial relay/],
  ["la_poste", /la ?poste/],
  ["colissimo", /colissimo/],
  ["chronopost", /chronopost/],
  ["dhl", /dhl/],
  ["dpd", /dpd/],
  ["gls", /gls/],
  ["fedex", /fedex/],
  ["ups", /ups/],
];

/** After "suivi" without a carrier's name. */
const LIKE_A_NUMBER = /^[A-Z0-9]{8,30}$/;
const FEWEST_FIGURES = 6;

/** Whether `code` is a tracking number, and how surely. */
export function toTrackingNumber(
  text: string,
  code: Code,
): { entity: TrackingNumber; certainty: Certainty } | undefined {
  const certain = CERTAIN.find(([, isNumber]) => isNumber(code.value));
  if (certain) return { entity: { type: "tracking_number", ...code, carrier: certain[0] }, certainty: "certain" };
  if (isS10Number(code.value)) return { entity: { type: "tracking_number", ...code }, certainty: "certain" };

  const cue = findCue(text, code.start);
  if (cue?.kind !== "tracking") return undefined;
  const carrier = CARRIER_NAMES.find(([, name]) => name.test(cue.words))?.[0];
  const isOne = carrier ? SHAPES_OF[carrier](code.value) : isLikeANumber(code.value);
  return isOne
    ? { entity: { type: "tracking_number", ...code, ...(carrier && { carrier }) }, certainty: "cued" }
    : undefined;
}

function isLikeANumber(code: string): boolean {
  return LIKE_A_NUMBER.test(code) && (code.match(/\d/g)?.length ?? 0) >= FEWEST_FIGURES;
}
