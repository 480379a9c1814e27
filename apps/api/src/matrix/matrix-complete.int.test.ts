import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { slotsOf } from "./aim.fixture.ts";
import { idFieldsOf } from "./id-fields.fixture.ts";
import { aimOf, bodiesOf, openMatrix, tenantsOf, type Matrix } from "./matrix.fixture.ts";
import { columnsWithout, countRows } from "./owned-rows.fixture.ts";

/** Columns in which the other tenant's word cannot stand, and why. Everywhere else it does. */
const WITHOUT_CANARY: Record<string, string> = {
  "ai_action_receipt.type": "one of a closed set",
  "ai_rule_execution.reason": "one of a closed set",
  "ai_settings.base_url": "the address of a server",
  "ai_settings.sealed_api_key": "an envelope, in which it stands",
  "ai_skipped_rules.trigger": "one of a closed set",
  "api_key.key_hash": "a hash",
  "api_key.scopes": "names of actions",
  "app_user.password_hash": "a hash",
  "billing_period.time_zone": "a name of the IANA database",
  "contact_erasure.step": "one of a closed set",
  "contact_import.delimiter": "one of a closed set",
  "contact_import.encoding": "one of a closed set",
  "contact_import_key.type": "one of a closed set",
  "data_export_chunk.sealed": "an envelope, in which it stands",
  "event.type": "one of a closed set",
  "idempotency_key.request_hash": "a hash",
  "inbox.credentials": "an envelope, in which it stands",
  "invitation.token_hash": "a hash",
  "invoice_line.item": "one of a closed set",
  "message.type": "one of a closed set",
  "password_reset.token_hash": "a hash",
  "payment_attempt.provider": "the name of a provider",
  "raw_webhook_event.body_hash": "a hash",
  "rebuild.step": "one of a closed set",
  "refresh_token.token_hash": "a hash",
  "report_zone.next_time_zone": "a name of the IANA database",
  "report_zone.time_zone": "a name of the IANA database",
  "sla_policy.hours": "times of day",
  "sla_policy.targets": "numbers",
  "sla_ticket.seen": "which transactions had ended",
  "tenant.business_hours": "times of day",
  "tenant.country": "a country code",
  "tenant.holidays": "dates",
  "tenant.languages": "language tags",
  "tenant.time_zone": "a name of the IANA database",
  "timer.kind": "one of a closed set",
  "usage_daily.channel": "one of a closed set",
};

let matrix: Matrix;

beforeAll(async () => {
  matrix = await openMatrix();
});

afterAll(() => matrix.api.close());

describe("what the matrix goes by", () => {
  test("every id that a route takes is aimed", () => {
    for (const [name, route] of matrix.routes) {
      const described = aimOf(name);
      const aimed = bodiesOf(described).flatMap((body) => slotsOf(described, body));
      const places = new Set(aimed.map(({ place, path }) => `${place}.${path}`));
      const missing = idFieldsOf(route).filter((field) => !places.has(field));
      expect([name, missing]).toEqual([name, []]);
    }
  });

  test("each of the two tenants has a row in every table that tenants have rows in", async () => {
    for (const tenant of [matrix.own, matrix.theirs]) {
      const counts = [...(await countRows(matrix.api.context, [tenant.things.tenant]))];
      expect(counts.length).toBeGreaterThan(20);
      expect(counts.filter(([, rows]) => rows === 0).map(([table]) => table)).toEqual([]);
    }
  });

  test("the other tenant's word stands in every column that holds text", async () => {
    const without = await columnsWithout(matrix.api.context, tenantsOf(matrix.theirs), matrix.theirs.things.canary);
    expect(without).toEqual(Object.keys(WITHOUT_CANARY));
  });
});
