import { statement, type IdentifierType } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { authorize, type RequestContext } from "../context/index.ts";
import { describeContacts } from "./contact-json.ts";
import { CONTACT_COLUMNS, type ContactRow } from "./contact-row.ts";
import { countryOf } from "./country-of.ts";
import { readIdentifier } from "./read-identifier.ts";
import type { ContactJson, LookUpContactsQuery } from "./schemas.ts";

// contact_identifier_tenant_id_value_idx, contact_pkey
export const LOOK_UP = statement<ContactRow>(
  "contact_look_up",
  `select ${CONTACT_COLUMNS}
     from (select distinct k.tenant_id, k.contact_id from contact_identifier k
            where k.tenant_id = $1 and k.value = $2 and k.type = any($3::identifier_type[])) f
     join contact c on c.tenant_id = f.tenant_id and c.id = f.contact_id
    order by c.id`,
);

/**
 * Who is known by a number, an e-mail, an id of the company's own or any other identifier, the oldest first: nobody, or
 * one; of a number, which WhatsApp has as well, it may be two. Refuses as `validation_failed` what is none.
 */
export async function lookUpContacts(ctx: RequestContext, query: LookUpContactsQuery): Promise<ContactJson[]> {
  const tenantId = authorize(ctx, "contacts.read");
  const sql = ctx.database.tenantSql(tenantId);
  const { path, value, types } = askedFor(query);
  const [type = "EXTERNAL"] = types;
  const read = readIdentifier({ type, value }, path === "phone" ? await countryOf(sql, tenantId) : null);
  if ("message" in read) {
    const { message } = read;
    throw new DomainError("validation_failed", `${path} ${message}.`, { fields: [{ path, message }] });
  }
  const rows = await sql.rows(LOOK_UP, [tenantId, read.identifier.value, types]);
  return describeContacts(sql, tenantId, rows);
}

function askedFor(query: LookUpContactsQuery): { path: string; value: string; types: IdentifierType[] } {
  const { phone, email, externalId, identifier = "", type } = query;
  if (phone !== undefined) return { path: "phone", value: phone, types: ["PHONE", "WHATSAPP"] };
  if (email !== undefined) return { path: "email", value: email, types: ["EMAIL"] };
  if (externalId !== undefined) return { path: "externalId", value: externalId, types: ["EXTERNAL"] };
  return { path: "identifier", value: identifier, types: type === undefined ? [] : [type] };
}
