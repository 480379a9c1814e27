import { sqlOf, statement, type AnyTx, type ModelProvider, type UnderstandingMode } from "@parley/db";
import { decryptSecret, encryptSecret, type Keyring, type SecretBinding } from "@parley/runtime";

/** How much a tenant leaves to machines. */
export interface AiSettings {
  tenantId: string;
  understanding: UnderstandingMode;
  fillsTickets: boolean;
  /** Null: there is no model. */
  provider: ModelProvider | null;
  baseUrl: string | null;
  /** Read by `openApiKey` alone. */
  sealedApiKey: string | null;
  model: string | null;
  temperature: number;
  masksPersonalData: boolean;
  /** Null: no limit. */
  monthlyBudgetMicros: bigint | null;
  /** Millionths for a million tokens. */
  inputPriceMicros: bigint;
  outputPriceMicros: bigint;
  debounceSeconds: number;
  longestBurstSeconds: number;
  mostTurns: number;
  leastConfidence: number;
  handOffIntents: string[];
  handOffTeamId: string | null;
  handOffEscalates: boolean;
  executionRetentionDays: number;
  version: number;
  /** Null while nobody has changed anything. */
  updatedAt: Date | null;
}

/** As the columns default: what holds for a tenant without a row. */
export const DEFAULT_AI_SETTINGS: Omit<AiSettings, "tenantId"> = {
  understanding: "LOCAL",
  fillsTickets: false,
  provider: null,
  baseUrl: null,
  sealedApiKey: null,
  model: null,
  temperature: 0.2,
  masksPersonalData: true,
  monthlyBudgetMicros: null,
  inputPriceMicros: 0n,
  outputPriceMicros: 0n,
  debounceSeconds: 4,
  longestBurstSeconds: 30,
  mostTurns: 5,
  leastConfidence: 0.6,
  handOffIntents: [],
  handOffTeamId: null,
  handOffEscalates: false,
  executionRetentionDays: 30,
  version: 1,
  updatedAt: null,
};

/** Numerics and bigints as the driver reads them. */
type Row = Omit<
  AiSettings,
  "temperature" | "leastConfidence" | "monthlyBudgetMicros" | "inputPriceMicros" | "outputPriceMicros"
> & {
  temperature: string;
  leastConfidence: string;
  monthlyBudgetMicros: string | null;
  inputPriceMicros: string;
  outputPriceMicros: string;
};

// ai_settings_pkey
const READ = statement<Row>(
  "ai_settings_read",
  `select tenant_id as "tenantId", understanding, fills_tickets as "fillsTickets", provider, base_url as "baseUrl",
          sealed_api_key as "sealedApiKey", model, temperature, masks_personal_data as "masksPersonalData",
          monthly_budget_micros as "monthlyBudgetMicros", input_price_micros as "inputPriceMicros",
          output_price_micros as "outputPriceMicros", debounce_seconds as "debounceSeconds",
          longest_burst_seconds as "longestBurstSeconds", most_turns as "mostTurns",
          least_confidence as "leastConfidence", hand_off_intents as "handOffIntents",
          hand_off_team_id as "handOffTeamId", hand_off_escalates as "handOffEscalates",
          execution_retention_days as "executionRetentionDays", version, updated_at as "updatedAt"
     from ai_settings
    where tenant_id = any($1::uuid[])`,
);

/** The settings of each of the tenants, by id; the defaults for whoever has changed nothing. */
export async function readAiSettingsOf(
  tx: AnyTx,
  tenantIds: readonly string[],
): Promise<ReadonlyMap<string, AiSettings>> {
  const rows = await sqlOf(tx).rows(READ, [tenantIds]);
  const found = new Map(rows.map((row) => [row.tenantId, toSettings(row)]));
  return new Map(tenantIds.map((tenantId) => [tenantId, found.get(tenantId) ?? { tenantId, ...DEFAULT_AI_SETTINGS }]));
}

export async function readAiSettings(tx: AnyTx, tenantId: string): Promise<AiSettings> {
  const settings = await readAiSettingsOf(tx, [tenantId]);
  return settings.get(tenantId) ?? { tenantId, ...DEFAULT_AI_SETTINGS };
}

function toSettings(row: Row): AiSettings {
  return {
    ...row,
    temperature: Number(row.temperature),
    leastConfidence: Number(row.leastConfidence),
    monthlyBudgetMicros: row.monthlyBudgetMicros === null ? null : BigInt(row.monthlyBudgetMicros),
    inputPriceMicros: BigInt(row.inputPriceMicros),
    outputPriceMicros: BigInt(row.outputPriceMicros),
  };
}

/** What is stored of an API key; bound to its tenant, so that it is of no use in another. */
export function sealApiKey(keyring: Keyring, tenantId: string, apiKey: string): string {
  return encryptSecret(keyring, bindingOf(tenantId), apiKey);
}

/** The API key itself, for whoever calls the model; null if there is none. Throws when the keyring cannot read it. */
export function openApiKey(
  keyring: Keyring,
  { tenantId, sealedApiKey }: Pick<AiSettings, "tenantId" | "sealedApiKey">,
): string | null {
  return sealedApiKey === null ? null : decryptSecret(keyring, bindingOf(tenantId), sealedApiKey);
}

function bindingOf(tenantId: string): SecretBinding {
  return { tenantId, recordId: tenantId, field: "ai_settings.api_key" };
}
