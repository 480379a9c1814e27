import type { Condition, Test } from "./rule-mix.ts";

/** A condition as somebody would write it who asks the database about each event. */
export interface ConditionSql {
  text: string;
  /** From $5 on; before are tenant, ticket, message and event. */
  values: unknown[];
}

const FIRST = 5;

/** What fields are called in SQL, and which table beside the ticket they need. */
const COLUMNS: Readonly<Record<string, { sql: string; table?: keyof typeof JOINS }>> = {
  "message.text": { sql: "lower(m.content ->> 'text')", table: "m" },
  "message.language": { sql: "u.language", table: "u" },
  "message.sentimentScore": { sql: "u.sentiment_score", table: "u" },
  "message.intent": { sql: "u.intent", table: "u" },
  "message.urgency": { sql: "array_position(array['low', 'normal', 'high'], u.urgency)", table: "u" },
  "message.orderNumbers": { sql: `jsonb_path_exists(u.entities, '$[*] ? (@.type == "order_number")')`, table: "u" },
  "ticket.status": { sql: "lower(t.status::text)" },
  "ticket.priority": { sql: "t.priority" },
  "ticket.tags": { sql: "t.tags" },
  "ticket.category": { sql: "lower(t.category)" },
  "ticket.attributes.shop": { sql: "lower(t.attributes ->> 'shop')" },
  "ticket.attributes.floor": { sql: "(t.attributes ->> 'floor')::numeric" },
  "ticket.isAnswered": { sql: "t.first_response_at is not null" },
  "ticket.reopenedCount": { sql: "t.reopened_count" },
  "ticket.assigneeId": { sql: "t.assignee_id" },
  "conversation.unreadCount": { sql: "c.unread_count", table: "c" },
  "inbox.channel": { sql: "lower(b.channel::text)", table: "b" },
};

const JOINS = {
  m: "left join message m on m.tenant_id = t.tenant_id and m.id = $3",
  u: "left join message_understanding u on u.tenant_id = t.tenant_id and u.message_id = $3",
  c: "join conversation c on c.tenant_id = t.tenant_id and c.id = t.conversation_id",
  b: "join inbox b on b.tenant_id = t.tenant_id and b.id = t.inbox_id",
  e: "join event e on e.tenant_id = t.tenant_id and e.seq = $4",
} as const;

/** One statement for a condition: only the tables that it needs, by their keys, and its values as parameters. */
export function conditionSql(condition: Condition): ConditionSql {
  const values: unknown[] = [];
  const tables = new Set<keyof typeof JOINS>();
  const parameter = (value: unknown, type: string): string => `$${values.push(value) + FIRST - 1}::${type}`;

  function write(part: Condition): string {
    if ("all" in part) return join(part.all, " and ", "true");
    if ("any" in part) return join(part.any, " or ", "false");
    if ("none" in part) return `not ${join(part.none, " or ", "false")}`;
    return `coalesce(${comparison(part)}, false)`;
  }

  function join(parts: readonly Condition[], by: string, none: string): string {
    return parts.length === 0 ? none : `(${parts.map(write).join(by)})`;
  }

  function comparison({ field, operator, value }: Test): string {
    if (operator === "changed_to") {
      tables.add("e");
      return `e.data ->> 'to' = ${parameter(value, "text")}`;
    }
    const column = COLUMNS[field];
    if (!column) throw new Error(`${field} has no column here`);
    if (column.table) tables.add(column.table);
    const { sql } = column;
    const texts = (Array.isArray(value) ? value : [value]).map((each) => String(each).toLowerCase());
    switch (operator) {
      case "equals":
        return typeof value === "boolean"
          ? `(${sql}) = ${parameter(value, "boolean")}`
          : `${sql} = ${parameter(texts[0], "text")}`;
      case "in":
        return field === "ticket.priority"
          ? `${sql} = any(${parameter(
              texts.map((text) => text.toUpperCase()),
              "ticket_priority[]",
            )})`
          : `${sql} = any(${parameter(texts, "text[]")})`;
      case "contains":
      case "not_contains": {
        const contains =
          field === "ticket.tags"
            ? `${sql} && ${parameter(texts, "text[]")}`
            : `${sql} like any(${parameter(
                texts.map((text) => `%${text}%`),
                "text[]",
              )})`;
        return operator === "contains" ? contains : `not coalesce(${contains}, false)`;
      }
      case "starts_with":
        return `${sql} like ${parameter(`${texts[0]}%`, "text")}`;
      case "matches":
        return `${sql} ~* ${parameter(value, "text")}`;
      case "greater_than":
      case "less_than":
        return `${sql} ${operator === "greater_than" ? ">" : "<"} ${rank(field, value)}`;
      case "is_present":
        if (field === "message.orderNumbers") return sql;
        return `${sql} is ${value === false ? "" : "not "}null`;
      case "not_equals":
      case "not_in":
      case "changed_from":
        throw new Error(`${operator} has no form here`);
    }
  }

  function rank(field: string, value: Test["value"]): string {
    if (field === "ticket.priority") return parameter(String(value).toUpperCase(), "ticket_priority");
    return parameter(
      field === "message.urgency" ? ["low", "normal", "high"].indexOf(String(value)) + 1 : value,
      "numeric",
    );
  }

  const where = write(condition);
  const joins = [...tables].map((table) => JOINS[table]).join(" ");
  // Every statement is given all four, whether it needs them or not.
  const given = "$1::uuid is not null and ($3::uuid is null or true) and $4::bigint is not null";
  return {
    text: `select ${where} as holds from ticket t ${joins} where t.tenant_id = $1 and t.id = $2 and ${given}`,
    values,
  };
}
