import type { Leg, Session } from "./portsip-records.js";

/** Something that push channels tell. */
export interface PbxEvent {
  type:
    | "call_start"
    | "call_update_info"
    | "cdr_target_add"
    | "cdr_target_ringing"
    | "cdr_target_answer"
    | "cdr_target_noanswer"
    | "cdr_target_fail"
    | "cdr_target_end"
    | "call_cdr"
    | "queue_caller_status";
  session: Session;
  /** What it happened to. */
  leg: Leg;
  at: number;
  /** Of `queue_caller_status`. */
  reason?: "enqueue" | "agent_answered" | "hangup";
}
