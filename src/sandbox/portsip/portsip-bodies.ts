/** Request bodies (PortSIP reference §3.3, §3.4, §3.6, §7.1). */
import { z } from "zod";
import { invalid } from "./portsip-errors.js";

const HEADERS = [
  "ANSWER_MODE",
  "CALL_INFO",
  "ALERT_INFO_AUTO_ANSWER_DELAY0",
  "ALERT_INFO_AUTO_ANSWER",
  "ALERT_INFO_INTERCOM",
] as const;
const rewrite = z.string().min(1).max(16).optional();

export const CREATE = z.object({
  caller: z.string().min(1).max(256),
  callee: z.string().min(1).max(256),
  send_sdp: z.boolean(),
  caller_display_name: z.string().max(1024).optional(),
  trunk: z.string().min(1).max(64).optional(),
  rewrite_from: rewrite,
  rewrite_pai: rewrite,
  rewrite_rpi: rewrite,
  user_data: z.string().max(128).optional(),
  target: z.string().max(128).optional(),
  target_instance_id: z.string().max(128).optional(),
  target_extension_number: z.string().max(128).optional(),
  additional_header: z.enum(HEADERS).optional(),
  header_direction: z.enum(["CALLER", "CALLEE", "ALL"]).optional(),
});
export type CreateInput = z.infer<typeof CREATE>;

const extension = z.string().regex(/^[0-9]{3,64}$/, "Expected 3 to 64 digits");
export const PARTY = z.object({ extension_number: extension });
export const REFER = PARTY.extend({ refer_to: z.string().min(1) });
export const ATTENDED = PARTY.extend({
  refer_to_1: z.string(),
  refer_to_2: z.string(),
  session_1: z.string().optional(),
  session_2: z.string().optional(),
});
export type AttendedInput = z.infer<typeof ATTENDED>;

/** Query parameters of the open way to place a call: texts, all of them. */
export const DIRECTLY = CREATE.extend({
  send_sdp: z.enum(["true", "false"]).transform((text) => text === "true"),
  extension_number: extension,
  password: z.string().min(1),
  domain: z.string().min(1),
});

const secret = z.string().regex(/^[a-z0-9]{6,64}$/, "Expected 6 to 64 of a-z and 0-9");
const EVENT_URL = z
  .object({
    enabled: z.boolean().default(false),
    auth: z.enum(["DISABLE", "BASIC", "DIGEST", "BEARER"]).default("DISABLE"),
    username: secret.optional(),
    password: secret.optional(),
    token: z.string().optional(),
    url: z.string().min(1).max(128).optional(),
  })
  .refine(({ enabled, url }) => !enabled || url !== undefined, { path: ["url"], message: "Required" });
export type EventUrl = z.infer<typeof EVENT_URL>;

export const TENANT = z.object({ cdr_event: EVENT_URL.optional(), extension_event: EVENT_URL.optional() });

/** @throws PbxRefusal 400 that names the member */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not valid"}`);
}
