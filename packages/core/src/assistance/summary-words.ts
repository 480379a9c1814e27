export type SummaryLanguage = "en" | "fr";

interface SummaryWords {
  nothing: string;
  problem(gist: string): string;
  counts(contact: number, agent: number): string;
  lastOfContact(quote: string): string;
  lastOfAgent(quote: string): string;
  unanswered: string;
  order(number: string): string;
  openQuestion(question: string): string;
  answer: string;
  wait: string;
}

/** What stands between what people wrote. */
export const summaryWords: Record<SummaryLanguage, SummaryWords> = {
  en: {
    nothing: "Nothing was written yet.",
    problem: (gist) => `The customer wrote first: “${gist}”`,
    counts: (contact, agent) => `${plural(contact, "message", "messages")} from the customer, ${agent} from us.`,
    lastOfContact: (quote) => `Their last message: “${quote}”`,
    lastOfAgent: (quote) => `Our last answer: “${quote}”`,
    unanswered: "Nobody has answered yet.",
    order: (number) => `Order ${number}`,
    openQuestion: (question) => `Open question: ${question}`,
    answer: "Answer the customer.",
    wait: "Wait for the customer.",
  },
  fr: {
    nothing: "Rien n’a encore été écrit.",
    problem: (gist) => `Le client a d’abord écrit : « ${gist} »`,
    counts: (contact, agent) => `${plural(contact, "message", "messages")} du client, ${agent} de notre part.`,
    lastOfContact: (quote) => `Son dernier message : « ${quote} »`,
    lastOfAgent: (quote) => `Notre dernière réponse : « ${quote} »`,
    unanswered: "Personne n’a encore répondu.",
    order: (number) => `Commande ${number}`,
    openQuestion: (question) => `Question ouverte : ${question}`,
    answer: "Répondre au client.",
    wait: "Attendre le client.",
  },
};

/** Of the company's languages the first that a local summary can be in. */
export function summaryLanguageOf(languages: readonly string[]): SummaryLanguage {
  const [first = "en"] = languages.map((tag) => tag.slice(0, 2)).filter((code) => code in summaryWords);
  return first === "fr" ? "fr" : "en";
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
