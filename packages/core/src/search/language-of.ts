import { nameLanguage } from "@parley/understanding";

/** By whose grammar a text is read: as it was understood, else as it reads; of what is too short to tell, the company's. ISO 639-1. */
export function languageOf({
  text,
  understood,
  ofCompany,
}: {
  text: string;
  understood: string | null;
  ofCompany: string | null;
}): string | null {
  return understood ?? nameLanguage(text).code ?? ofCompany?.slice(0, 2) ?? null;
}
