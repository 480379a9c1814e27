import { SlaClock, TicketStatus } from "@parley/db";
import { z } from "zod";
import { enumInput, jsonEnum, lineText } from "../json/index.ts";
import { LONGEST_SECONDS } from "./schemas.ts";

const SILENT = { PENDING: "PENDING", WAITING_CUSTOMER: "WAITING_CUSTOMER", RESOLVED: "RESOLVED" } as const;
const ENDS = { RESOLVED: "RESOLVED", CLOSED: "CLOSED" } as const;

const AUTO_CLOSE = {
  afterSeconds: "How long nobody has written.",
  noticeSeconds: "How long before the end the customer is told; null: they are not.",
  noticeText: "What they are told.",
} as const;

export const autoCloseJson = z
  .object({
    rules: z.array(
      z.object({
        status: jsonEnum(TicketStatus).meta({ example: "waiting_customer" }),
        afterSeconds: z.int().meta({ description: AUTO_CLOSE.afterSeconds, example: 259_200 }),
        clock: jsonEnum(SlaClock),
        closesAs: jsonEnum(TicketStatus).meta({ example: "resolved" }),
        noticeSeconds: z.int().nullable().meta({ description: AUTO_CLOSE.noticeSeconds, example: 86_400 }),
        noticeText: z.string().nullable().meta({ description: AUTO_CLOSE.noticeText, example: "Are you still there?" }),
      }),
    ),
  })
  .meta({ id: "AutoClose" });
export type AutoCloseJson = z.infer<typeof autoCloseJson>;

const autoCloseRule = z
  .strictObject({
    status: enumInput(SILENT).meta({ example: "waiting_customer" }),
    afterSeconds: z.int().min(60).max(LONGEST_SECONDS).meta({ description: AUTO_CLOSE.afterSeconds, example: 259_200 }),
    clock: enumInput(SlaClock).default("CALENDAR"),
    closesAs: enumInput(ENDS).default("CLOSED").meta({ example: "resolved" }),
    noticeSeconds: z.int().min(60).max(LONGEST_SECONDS).nullable().default(null),
    noticeText: lineText(1_000).nullable().default(null),
  })
  .refine(({ status, closesAs }) => status !== closesAs, { path: ["closesAs"], message: "must be another status" })
  .refine(({ noticeSeconds, noticeText }) => (noticeSeconds === null) === (noticeText === null), {
    path: ["noticeText"],
    message: "must be given together with noticeSeconds, or not at all",
  })
  .refine(({ noticeSeconds, afterSeconds }) => noticeSeconds === null || noticeSeconds < afterSeconds, {
    path: ["noticeSeconds"],
    message: "must be less than afterSeconds",
  });

export const changeAutoCloseInput = z
  .strictObject({
    rules: z
      .array(autoCloseRule)
      .max(Object.keys(SILENT).length)
      .refine((rules) => new Set(rules.map(({ status }) => status)).size === rules.length, "must name a status once")
      .meta({ description: "All of them; without any, nothing is closed by itself." }),
  })
  .meta({ id: "ChangeAutoClose" });
export type ChangeAutoCloseInput = z.output<typeof changeAutoCloseInput>;
