/** Which messages an event becomes for whoever subscribed to what (PortSIP reference §6.2). */
import { PBX_QUEUES, PBX_STAFF } from "../world/companies.js";
import type { PortsipBook } from "./portsip-book.js";
import type { PbxEvent } from "./portsip-events.js";
import type { Login } from "./portsip-logins.js";
import {
  callMessage,
  queueAgentMessage,
  queueCallerMessage,
  queueStatusMessage,
  type Message,
} from "./portsip-messages.js";
import { digitsOf } from "./portsip-parties.js";
import { createPresence, phoneStatus } from "./portsip-presence.js";

/** What a topic is narrowed to. @default everything the tenant has */
export interface Scope {
  extensions?: readonly string[];
  queues?: readonly string[];
}

export interface Subscription {
  /** @returns the snapshots that come with the topic; `cdr_events` has none */
  add(topic: Topic, scope: Scope, at: number): Message[];
  remove(topic: Topic): void;
  messages(event: PbxEvent): Message[];
}

/** Nothing is ever created or destroyed in this PBX, so that the management topics are silent. */
export const TOPICS = [
  "cdr_events",
  "extension_events",
  "extension_management_events",
  "queue_events",
  "queue_management_events",
] as const;
export type Topic = (typeof TOPICS)[number];

/** Whether a login may have a topic (PortSIP reference §2.6). */
export function maySubscribe({ analytics }: Login, topic: Topic): boolean {
  return analytics || topic.startsWith("extension_");
}

const ALL_EXTENSIONS = PBX_STAFF.flatMap(({ extension }) => (extension === null ? [] : [extension]));
const ALL_QUEUES = PBX_QUEUES.flatMap(({ kind, number }) => (kind === "queue" ? [number] : []));

export function createSubscription(book: PortsipBook): Subscription {
  const topics = new Set<Topic>();
  const presence = createPresence((extension) => phoneStatus(book.ongoing(), extension));
  let extensions: readonly string[] = [];
  let queues: readonly string[] = [];

  function queueMessages(event: PbxEvent): Message[] {
    const { session, leg, type } = event;
    const number = leg.serviceNumber;
    if (number === null || !queues.includes(number)) return [];
    if (type === "queue_caller_status") return [queueCallerMessage(event, number)];
    const isAgents = type === "cdr_target_answer" || type === "cdr_target_end";
    if (!isAgents || session.waitingSince !== null) return [];
    return [queueAgentMessage(digitsOf(leg.destination), number, book.ongoing())];
  }

  return {
    add(topic, scope, at) {
      topics.add(topic);
      if (topic === "extension_events") {
        extensions = scope.extensions ?? ALL_EXTENSIONS;
        presence.changes(at);
        return [presence.status(extensions, at)];
      }
      if (topic !== "queue_events") return [];
      queues = (scope.queues ?? ALL_QUEUES).filter((number) => ALL_QUEUES.includes(number));
      return queues.map((number) => queueStatusMessage(number, book.ongoing()));
    },
    remove: (topic) => void topics.delete(topic),
    messages(event) {
      const told: Message[] = [];
      if (topics.has("cdr_events") && event.type !== "queue_caller_status") told.push(callMessage(event));
      if (topics.has("queue_events")) told.push(...queueMessages(event));
      if (topics.has("extension_events")) {
        const changes = presence.changes(event.at).filter(({ extension }) => extensions.includes(extension));
        told.push(...changes.map(({ message }) => message));
      }
      return told;
    },
  };
}
