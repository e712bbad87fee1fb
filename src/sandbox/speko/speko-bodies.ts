import { z } from "zod";
import { SpekoRefusal, invalid } from "./speko-errors.js";

const E164 = /^\+[1-9]\d{6,14}$/;
const e164 = z.string().regex(E164, "Expected an E.164 number");
const freeForm = z.record(z.string(), z.unknown());
const ringingTimeout = z.int().min(1).max(120);

/** Request bodies (Speko reference §3.1): camelCase, unlike every answer. Unknown members are ignored. */
export const FINALIZE_BODY = z.object({
  forceAnalysis: z.boolean().optional(),
  retryWebhook: z.boolean().optional(),
});

export const BLIND_BODY = z.object({
  to: z.string().min(1),
  participantIdentity: z.string().optional(),
  playDialtone: z.boolean().optional(),
  ringingTimeout: ringingTimeout.optional(),
  headers: z.record(z.string(), z.string()).optional(),
});

export const WARM_BODY = z
  .object({
    to: e164.optional(),
    destinations: z
      .array(
        z.object({
          to: e164,
          label: z.string().optional(),
          outboundTrunkId: z.string().optional(),
          screeningPrompt: z.string().optional(),
          summary: z.string().optional(),
          metadata: freeForm.optional(),
        }),
      )
      .min(1)
      .max(10)
      .optional(),
    from: e164.optional(),
    participantIdentity: z.string().optional(),
    outboundTrunkId: z.string().optional(),
    screeningPrompt: z.string().optional(),
    summary: z.string().optional(),
    ringingTimeout: ringingTimeout.optional(),
    waitUntilAnswered: z.boolean().optional(),
    fallback: z
      .object({
        strategy: z.enum(["return_to_assistant", "take_message", "end_call"]),
        message: z.string().optional(),
        takeMessagePrompt: z.string().optional(),
        holdAudioUrl: z.string().optional(),
      })
      .optional(),
    voicemailDetection: z
      .object({
        mode: z.enum(["agent", "amd", "disabled"]).optional(),
        enabled: z.boolean().optional(),
        timeoutSeconds: z.number().positive().optional(),
      })
      .optional(),
    metadata: freeForm.optional(),
  })
  .refine(({ to, destinations }) => (to === undefined) !== (destinations === undefined), {
    path: ["to"],
    message: "Expected either to or destinations",
  });

export const COMPLETE_BODY = z.object({
  recipientParticipantIdentity: z.string().optional(),
  summary: z.string().optional(),
});

export const CANCEL_BODY = z.object({
  reason: z.string().optional(),
  summary: z.string().optional(),
  tryNext: z.boolean().optional(),
  voicemailDetected: z.boolean().optional(),
});

export const END_BODY = z.object({});

/** Callbacks and call control (Speko reference §7). */
export const CANCEL_CALLBACK_BODY = z.object({ reason: z.string().max(500).optional() });
export const DISPATCH_BODY = z.object({});
export const WEB_JOIN_BODY = z.object({ displayName: z.string().optional() });
export const MESSAGE_BODY = z.object({ text: z.string().min(1), mode: z.enum(["respond", "context"]) });

export const PHONE_BODY = z
  .object({
    to: e164,
    from: e164.optional(),
    agentId: z.string().optional(),
    intent: z.object({ language: z.string() }).optional(),
    systemPrompt: z.string().optional(),
    firstMessage: z.string().optional(),
    variables: freeForm.optional(),
    metadata: freeForm.optional(),
    telephony: z
      .object({
        amd: z
          .object({
            mode: z.enum(["agent", "carrier", "disabled"]).optional(),
            timeoutSeconds: z.number().min(1).max(60).optional(),
          })
          .optional(),
      })
      .optional(),
    maxDurationSeconds: z
      .int()
      .min(30)
      .max(4 * 3600)
      .optional(),
  })
  .refine(({ agentId, intent }) => agentId !== undefined || intent !== undefined, {
    path: ["agentId"],
    message: "Expected agentId or intent",
  });

/** @throws SpekoRefusal 400 with the issues; an empty body is an empty object */
export function parseBody<T>(schema: z.ZodType<T>, body: Buffer): T {
  const text = body.toString("utf8");
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    throw invalid("", "Body is not JSON");
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new SpekoRefusal(
    400,
    "VALIDATION_ERROR",
    "Validation failed",
    result.error.issues.map(({ path, message }) => ({ path: path.join("."), message })),
  );
}
