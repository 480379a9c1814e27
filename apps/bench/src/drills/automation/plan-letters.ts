import type { Random } from "../harness/random.ts";
import { MARKER, type AutomationDesk } from "./set-up-desks.ts";

/** A message that must be stored once, with what the rules have to say to it. */
export interface Letter {
  externalId: string;
  text: string;
  isMarked: boolean;
  namesOrder: boolean;
}

/** One webhook, `atMs` after the start of the load. */
export interface Delivery {
  atMs: number;
  letters: Letter[];
  /** Its very bytes are posted once more. */
  isRepeated: boolean;
}

/** One conversation, and one ticket of it. */
export interface Customer {
  desk: AutomationDesk;
  phone: string;
  deliveries: Delivery[];
}

/** With up to three rules for a message, no ticket comes near the number of actions an hour that loops are stopped at. */
const MOST_LETTERS = 8;
const REPEATED = 0.1;

/** Customers write now and then, a message at a time or in bursts of several webhooks, or of one that holds several. */
export function planLetters(
  random: Random,
  desks: readonly AutomationDesk[],
  count: number,
  loadMs: number,
): Customer[] {
  return Array.from({ length: count }, (_empty, index) => {
    const desk = desks[index % desks.length];
    if (!desk) throw new Error("the drill has no desk");
    const deliveries: Delivery[] = [];
    const letters = Array.from({ length: random.int(1, MOST_LETTERS) }, (_none, position) =>
      writeLetter(random, `${index}-${position}`),
    );
    for (let atMs = random.int(0, loadMs * 0.4); letters.length > 0; atMs += pauseAfter(random, loadMs)) {
      const size = random.chance(0.25) ? random.int(2, 3) : 1;
      deliveries.push({ atMs, letters: letters.splice(0, size), isRepeated: random.chance(REPEATED) });
    }
    return { desk, phone: `4918${100_000_000 + index}`, deliveries };
  });
}

export function lettersOf({ deliveries }: Customer): Letter[] {
  return deliveries.flatMap(({ letters }) => letters);
}

function writeLetter(random: Random, place: string): Letter {
  const isMarked = random.chance(0.4);
  const namesOrder = random.chance(0.25);
  const text = [
    `Message ${place}`,
    isMarked ? MARKER : "",
    // Three digits are no order.
    namesOrder ? `order-${random.int(1_000, 9_999)}` : random.chance(0.2) ? `order-${random.int(100, 999)}` : "",
  ];
  return { externalId: `wamid.auto${place}`, text: text.filter((part) => part !== "").join(" "), isMarked, namesOrder };
}

/** The turn goes on, has just ended, or is over for long. */
function pauseAfter(random: Random, loadMs: number): number {
  const kind = random.next();
  if (kind < 0.5) return random.int(20, 700);
  return kind < 0.75 ? random.int(800, 2_000) : random.int(2_000, loadMs / 4);
}
