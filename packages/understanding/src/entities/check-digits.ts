/** UPS: letters count as A = 2, B = 3 … J = 1, every second sign doubles, and the last makes the sum a multiple of ten. */
export function isUpsNumber(code: string): boolean {
  if (!/^1Z[A-Z0-9]{15}\d$/.test(code)) return false;
  const sum = Array.from(code.slice(2, -1), toUpsDigit).reduce(
    (total, digit, at) => total + digit * (at % 2 === 1 ? 2 : 1),
    0,
  );
  return (10 - (sum % 10)) % 10 === Number(code.at(-1));
}

function toUpsDigit(sign: string): number {
  return /\d/.test(sign) ? Number(sign) : (sign.charCodeAt(0) - 63) % 10;
}

const S10_WEIGHTS = [8, 6, 4, 2, 3, 5, 9, 7];

/** Universal Postal Union, S10: two letters, eight figures, a check digit modulo 11, the country. */
export function isS10Number(code: string): boolean {
  if (!/^[A-Z]{2}\d{9}[A-Z]{2}$/.test(code)) return false;
  const sum = S10_WEIGHTS.reduce((total, weight, at) => total + weight * Number(code[at + 2]), 0);
  const check = 11 - (sum % 11);
  return Number(code[10]) === (check === 10 ? 0 : check === 11 ? 5 : check);
}

/** Colissimo: a product of two signs, ten figures, and a check digit with the weights 3 and 1, as in EAN. */
export function isColissimoNumber(code: string): boolean {
  if (!/^\d[A-Z]\d{11}$/.test(code)) return false;
  const sum = Array.from(code.slice(2, -1), Number).reduce(
    (total, digit, at) => total + digit * (at % 2 === 1 ? 3 : 1),
    0,
  );
  return (10 - (sum % 10)) % 10 === Number(code.at(-1));
}

/** DHL Express: nine figures and their remainder modulo 7. */
export function isDhlExpressNumber(code: string): boolean {
  return /^\d{10}$/.test(code) && Number(code.slice(0, -1)) % 7 === Number(code.at(-1));
}

/** Payment cards (ISO/IEC 7812): Luhn. */
export function passesLuhn(digits: string): boolean {
  const sum = Array.from(digits, Number)
    .toReversed()
    .reduce((total, digit, at) => total + (at % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2), 0);
  return sum % 10 === 0;
}
