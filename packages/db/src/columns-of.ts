/**
 * The columns of a row under the names that Prisma has for them: `t.created_at as "createdAt", …`. `fields` is the model's
 * ScalarFieldEnum.
 */
export function columnsOf(alias: string, fields: Readonly<Record<string, string>>): string {
  return Object.values(fields)
    .map((field) => `${alias}.${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} as "${field}"`)
    .join(", ");
}
