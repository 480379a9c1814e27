const MARKS = /\p{M}+/gu;
const LIGATURES: Readonly<Record<string, string>> = { œ: "oe", æ: "ae", ß: "ss", ø: "o", "’": "'", "‘": "'", ʼ: "'" };
const LIGATURE = /[œæßø’‘ʼ]/gu;

/** Lower case without accents, so that `Reçu`, `recu` and `REÇU` are one. Lengths and offsets may change. */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replace(MARKS, "")
    .replace(LIGATURE, (sign) => LIGATURES[sign] ?? sign);
}
