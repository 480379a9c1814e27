import { ReportKind, type Prisma } from "@parley/db";
import { toJsonEnum } from "../json/index.ts";

/** A column of report_day, which is called as the kind is in JSON. */
export type KindColumn = Lowercase<ReportKind>;

/** Of all kinds. One that the table has no column for does not compile. */
export const KIND_COLUMNS: readonly (KindColumn & Prisma.ReportDayScalarFieldEnum)[] =
  Object.values(ReportKind).map(kindColumn);

export function kindColumn<Kind extends ReportKind>(kind: Kind): Lowercase<Kind> {
  return toJsonEnum(kind);
}
