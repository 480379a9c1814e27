import { benchId, benchIdSql } from "../world/bench-ids.ts";
import type { Draw } from "./draw.ts";
import type { LoadedLanguage } from "./phrases/write-phrases.ts";

/** What names are put together from. */
const BEGINNINGS = ["Ba", "Ca", "De", "Fe", "Ga", "Jo", "Ka", "Le", "Ma", "Mi", "No", "Pa", "Ra", "Sa", "Ti", "Va"];
const MIDDLES = ["la", "li", "lo", "me", "mi", "na", "ne", "no", "ra", "re", "ri", "ro", "sa", "te", "va", "ze"];
/** Of surnames, by the language that somebody writes. */
const ENDINGS: Readonly<Record<LoadedLanguage, readonly string[]>> = {
  fr: ["bert", "dan", "del", "lin", "mont", "nel", "nier", "quet", "ric", "sson", "teau", "ton", "val", "vier"],
  en: ["by", "field", "ford", "ham", "ley", "man", "more", "son", "ton", "well", "wick", "wood"],
  de: ["bach", "berg", "burg", "feld", "hardt", "hofer", "ling", "mann", "meier", "ner", "stein", "wald"],
  es: ["blanco", "dal", "deras", "dez", "guez", "llanos", "nero", "rales", "rado", "rez", "ria", "villa"],
  it: ["bini", "cci", "detti", "gnoni", "lini", "lli", "nardi", "netti", "relli", "ssi", "tti", "zzini"],
};
const TAGS = ["vip", "b2b", "newsletter", "marketplace"];

/** Coprime to ten million, so that each contact of a tenant has a number of its own and neighbours look different. */
const STRIDE = 7_919_003;

/** Contacts by the number that `plan_conversation` gives them: as old as their first conversation. */
export function insertContacts(draw: Draw, tenant: number): string {
  const part = (choice: string, parts: readonly string[]): string => draw.oneOf(`contact.${choice}`, "contact", parts);
  const endings = Object.entries(ENDINGS).map(([language, parts]) => `when '${language}' then ${part("fifth", parts)}`);
  const ending = `case language ${endings.join(" ")} end`;
  const first = `${part("first", BEGINNINGS)} || ${part("second", MIDDLES)}`;
  const last = `${part("third", BEGINNINGS)} || ${part("fourth", MIDDLES)} || ${ending}`;
  const hasTag = `${draw.chance("contact.has_tag", "contact")} < 0.1`;
  return `
    insert into contact (tenant_id, id, name, tags, created_at, updated_at)
    select '${benchId("tenant", tenant)}', ${benchIdSql("contact", String(tenant), "contact")},
           ${first} || ' ' || ${last}, case when ${hasTag} then array[${part("tag", TAGS)}] else '{}' end,
           started_at, started_at
      from plan_conversation
     where is_new
     order by contact`;
}

/**
 * A telephone number (555 belongs to nobody) of whoever writes on WhatsApp, an e-mail address of everybody else and of
 * those who come back; some have both.
 */
export function insertIdentifiers(draw: Draw, tenant: number): string {
  const phone = `'+1555' || lpad(((contact * ${STRIDE}::bigint) % 10000000)::text, 7, '0')`;
  const alsoPhone = `${draw.chance("contact.phone", "contact")} < 0.2`;
  const alsoEmail = `${draw.chance("contact.email", "contact")} < 0.2`;
  return `
    insert into contact_identifier (tenant_id, type, value, contact_id, is_primary, created_at)
    select '${benchId("tenant", tenant)}', type, value, ${benchIdSql("contact", String(tenant), "contact")},
           is_primary, started_at
      from (select contact, min(started_at) as started_at, bool_or(is_new and inbox = 0) as has_phone,
                   bool_or(not is_new) as returns
              from plan_conversation group by contact) c
           cross join lateral (
             values ('WHATSAPP'::identifier_type, ${phone}, has_phone, has_phone or ${alsoPhone}),
                    ('EMAIL', 'customer.' || contact || '@mail.example', not has_phone,
                     not has_phone or returns or ${alsoEmail})
           ) as i (type, value, is_primary, is_there)
     where is_there
     order by type, value`;
}
