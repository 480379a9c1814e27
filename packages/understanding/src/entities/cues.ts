import { fold } from "../text/fold.ts";

/** How far before a code a word may stand that says what it is. */
const REACH = 60;

const GAP = String.raw`[^\p{L}\d]{0,4}`;
/** What may stand between "commande" and its number: "commande Amazon n° :". */
const FILLERS = [
  "n no nr num numero numeros number nummer ref reference id code est is le la the de du of",
  "amazon cdiscount fnac manomano rakuten vinted back market backmarket mirakl passee sur on from chez via",
  "colissimo chronopost ups dhl dpd gls fedex mondial relay relais la poste colis suivi tracking",
]
  .join(" ")
  .replaceAll(" ", "|");
const FILLED = String.raw`(?:(?:${FILLERS})(?![\p{L}\d])${GAP}){0,6}$`;

const ORDER_WORDS =
  "commandes?|commnde|comande|cmde?|cde|orders?|achat|pedido|bestellung|bestellnummer|bestelling|ordine|encomenda";
const TRACKING_WORDS =
  "suivi|tracking|track|colis|paquet|parcel|package|shipment|envoi|expedition|sendung|sendungsnummer|seguimiento|" +
  "spedizione|colissimo|chronopost|ups|dhl|dpd|gls|fedex|mondial relay|la poste|laposte";

const ORDER_CUE = new RegExp(String.raw`(?<!\p{L})(?:${ORDER_WORDS})(?![\p{L}\d])${GAP}${FILLED}`, "u");
const TRACKING_CUE = new RegExp(String.raw`(?<!\p{L})(?:${TRACKING_WORDS})(?![\p{L}\d])${GAP}${FILLED}`, "u");

export interface Cue {
  kind: "order" | "tracking";
  /** The folded words from the cue up to the code. */
  words: string;
}

/** What the words right before `start` announce: "ma commande n°", "tracking number:". */
export function findCue(text: string, start: number): Cue | undefined {
  const before = fold(text.slice(Math.max(0, start - REACH), start));
  // "le suivi de ma commande" announces an order, so that is asked first.
  const order = ORDER_CUE.exec(before);
  if (order) return { kind: "order", words: order[0] };
  const tracking = TRACKING_CUE.exec(before);
  return tracking ? { kind: "tracking", words: tracking[0] } : undefined;
}
