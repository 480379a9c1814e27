/** Which model a company uses, and how it is reached. */
export interface ModelSettings {
  provider: "openai_compatible" | "google";
  /** Up to and including the version: `https://api.openai.com/v1`. Null: the provider's own. */
  baseUrl: string | null;
  apiKey: string;
  model: string;
  /** 0 to 2; null: the model's own. */
  temperature: number | null;
  /** The most that any answer may take, in tokens. */
  maxOutputTokens: number;
}
