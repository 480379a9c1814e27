import { request } from "undici";
import type { ApiClient } from "../harness/api-client.ts";
import type { Reader } from "../harness/reader.ts";

/** The platform's, who works in every company. */
export interface Administrator {
  apiUrl: string;
  token: string;
  /** Their own company, which does nothing. */
  tenantId: string;
}

/** An invoice as the API answers it. */
export interface IssuedInvoice {
  tenantId: string;
  total: string;
  lines: { item: string; kind: string | null; quantity: number; included: number; charged: number; amount: string }[];
}

export async function appointAdministrator(api: ApiClient, reader: Reader, apiUrl: string): Promise<Administrator> {
  const email = "administrator@drill.example";
  const { accessToken: token, tenant } = await api.post<{ accessToken: string; tenant: { id: string } }>(
    "/auth/register",
    { tenantName: "Platform", email, password: "a drill is no emergency", fullName: "Administrator" },
  );
  await reader.rows("update app_user set is_super_admin = true where email = $1", [email]);
  return { apiUrl, token, tenantId: tenant.id };
}

/** Few units are included, and more are bought by themselves, up to a cap; beyond that each has its price. */
export const TERMS = {
  monthlyFee: "49",
  ticketMonthlyQuota: 60,
  messageMonthlyQuota: 300,
  hardLimitPolicy: "auto_recharge",
  autoRechargeEnabled: true,
  autoRechargeUnits: 20,
  maxRechargesPerPeriod: 7,
  whenExhausted: "overage",
  ticketUnitPrice: "0.125",
  messageUnitPrice: "0.0333",
  campaignRecipientUnitPrice: "0.0125",
};

export async function agreeTerms(administrator: Administrator, tenantId: string): Promise<void> {
  await ask(administrator, "PATCH", "/billing/plan", tenantId, TERMS);
}

/**
 * Has the month end a while ago, so that it can be closed, and closes it. Its tickets are from before that, or they would be
 * of the next month as well; its terms are valid since its beginning.
 */
export async function closeMonth(
  administrator: Administrator,
  reader: Reader,
  tenantId: string,
): Promise<IssuedInvoice> {
  await reader.rows("update ticket set created_at = created_at - interval '1 hour' where tenant_id = $1", [tenantId]);
  const [month] = await reader.rows<{ period: string }>(
    `update billing_period set ends_at = now() - interval '2 minutes', starts_at = least(starts_at, now() - interval '1 hour')
      where tenant_id = $1 and status = 'OPEN' returning to_char(starts_on, 'YYYY-MM') as period`,
    [tenantId],
  );
  if (!month) throw new Error("a company has no open month");
  await reader.rows(
    `with forgotten as (delete from tenant_billing_plan where tenant_id = $1 and valid_to is not null)
     update tenant_billing_plan set valid_from = '2020-01-01' where tenant_id = $1 and valid_to is null`,
    [tenantId],
  );
  const invoice = await ask<Omit<IssuedInvoice, "tenantId">>(
    administrator,
    "POST",
    `/billing/periods/${month.period}/close`,
    tenantId,
  );
  return { ...invoice, tenantId };
}

async function ask<Data>(
  { apiUrl, token }: Administrator,
  method: "PATCH" | "POST",
  path: string,
  tenantId: string,
  body?: object,
): Promise<Data> {
  const { statusCode, body: answer } = await request(`${apiUrl}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      "x-tenant-id": tenantId,
      ...(body && { "content-type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (statusCode !== 200) throw new Error(`${method} ${path} was answered with ${statusCode}: ${text}`);
  // The API's own envelope.
  return (JSON.parse(text) as { data: Data }).data;
}
