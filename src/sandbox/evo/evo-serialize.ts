import type { Faults } from "../conversation.js";
import {
  ARRAYS_NAMESPACE,
  ENTITY_MEMBERS,
  ENTITY_NAMESPACE,
  INSTANCE_NAMESPACE,
  FILE_INFO,
  SESSION_INFO,
  elementName,
  type Contract,
  type MemberKind,
} from "./evo-contracts.js";

export type Wire = Record<string, unknown>;

/** The record as JSON carries it: derived members first, then the base class, nothing that is null. */
export function toJsonValue(value: unknown, contract: Contract, faults: Faults): Wire {
  const record = isRecord(value) ? value : {};
  const wire: Wire = {};
  for (const [member, kind] of Object.entries(contract.members)) {
    const written = toJsonMember(record[member], kind, faults);
    if (written !== undefined && written !== null) wire[member] = written;
  }
  if (contract.isEntity) {
    for (const member of ENTITY_MEMBERS) {
      if (record[member] !== undefined && record[member] !== null) wire[member] = record[member];
    }
  }
  return spoil(wire, contract, faults);
}

function toJsonMember(value: unknown, kind: MemberKind, faults: Faults): unknown {
  if (value === undefined || value === null || typeof kind === "string") return value;
  if ("object" in kind) return toJsonValue(value, kind.object, faults);
  return Array.isArray(value) ? value.map((item) => toJsonValue(item, kind.list, faults)) : [];
}

/** Faults change the value before either format writes it, so that XML is wrong in the same way. */
function spoil(wire: Wire, contract: Contract, faults: Faults): Wire {
  const unknown = UNKNOWN_ENUMS[contract.name];
  const spoiled = faults.unknownEnums && unknown ? { ...wire, ...unknown } : wire;
  if (faults.malformed !== "wrong-types") return spoiled;
  if (contract === SESSION_INFO) {
    return {
      ...spoiled,
      ended: "perhaps",
      callState: 3,
      dateCreated: 1_700_000_000,
      log: "Start",
      members: 2,
    };
  }
  if (contract === FILE_INFO) return { ...spoiled, contentLength: "large", recordingDuration: "a while" };
  return spoiled;
}

const UNKNOWN_ENUMS: Readonly<Record<string, Wire>> = {
  SessionInfo: {
    dialState: "Pondering",
    callState: "Teleporting",
    queueState: "Circling",
    channel: "Hologram",
    direction: "Sideways",
    holdReason: "Daydreaming",
  },
  SessionMemberInfo: { callState: "Teleporting", role: "Understudy" },
  FileInfo: { type: "Hologram" },
};

/** Where an element is written: namespaces in scope, and its depth with the root at 1. */
interface Scope {
  /** The default namespace. */
  namespace: string;
  /** By namespace. */
  prefixes: ReadonlyMap<string, string>;
  depth: number;
}

/** The same value, already in JSON's shape, as data-contract XML. */
export function toXml(value: Wire, contract: Contract): string {
  const scope: Scope = { namespace: contract.namespace, prefixes: new Map(), depth: 2 };
  return (
    `<${contract.name} xmlns:i="${INSTANCE_NAMESPACE}" xmlns="${contract.namespace}">` +
    `${writeMembers(value, contract, scope)}</${contract.name}>`
  );
}

function writeMembers(value: Wire, contract: Contract, scope: Scope): string {
  const own = Object.entries(contract.members).map(([member, kind]) => ({ member, kind }));
  const base = contract.isEntity ? ENTITY_MEMBERS.map((member) => ({ member, kind: "value" as const })) : [];
  const alphabetical = (a: { member: string }, b: { member: string }): number =>
    elementName(a.member) < elementName(b.member) ? -1 : 1;
  return [
    ...base
      .toSorted(alphabetical)
      .map(({ member, kind }) => writeMember(member, value[member], kind, ENTITY_NAMESPACE, scope)),
    ...(contract.isOrdered ? own : own.toSorted(alphabetical)).map(({ member, kind }) =>
      writeMember(member, value[member], kind, contract.namespace, scope),
    ),
  ].join("");
}

function writeMember(
  member: string,
  value: unknown,
  kind: MemberKind,
  namespace: string,
  scope: Scope,
): string {
  const name = elementName(member);
  if (value === undefined || value === null) return writeElement(name, namespace, scope, null);
  if (kind === "strings" && Array.isArray(value)) {
    return writeElement(name, namespace, withPrefix(scope, ARRAYS_NAMESPACE), (inner) =>
      value.map((item) => writeElement("string", ARRAYS_NAMESPACE, inner, String(item))).join(""),
    );
  }
  if (kind === "dictionary" && isRecord(value)) {
    return writeElement(name, namespace, withPrefix(scope, ARRAYS_NAMESPACE), (inner) =>
      Object.entries(value)
        .map(([key, item]) =>
          writeElement("KeyValueOfstringstring", ARRAYS_NAMESPACE, inner, (pair) =>
            [
              writeElement("Key", ARRAYS_NAMESPACE, pair, key),
              writeElement("Value", ARRAYS_NAMESPACE, pair, String(item)),
            ].join(""),
          ),
        )
        .join(""),
    );
  }
  if (typeof kind === "object" && "list" in kind && Array.isArray(value)) {
    return writeElement(name, namespace, withPrefix(scope, kind.list.namespace), (inner) =>
      value
        .map((item) =>
          writeElement(kind.list.name, kind.list.namespace, inner, (own) =>
            writeMembers(isRecord(item) ? item : {}, kind.list, own),
          ),
        )
        .join(""),
    );
  }
  if (typeof kind === "object" && "object" in kind && isRecord(value)) {
    return writeElement(name, namespace, withPrefix(scope, kind.object.namespace), (inner) =>
      writeMembers(value, kind.object, inner),
    );
  }
  return writeElement(
    name,
    namespace,
    scope,
    typeof value === "object" ? JSON.stringify(value) : String(value),
  );
}

/** A namespace that is about to be needed gets a prefix after the depth it is declared at, as .NET does. */
function withPrefix(scope: Scope, namespace: string): Scope & { declared?: string } {
  if (scope.namespace === namespace || scope.prefixes.has(namespace)) return scope;
  const prefix = `d${scope.depth}p1`;
  return { ...scope, prefixes: new Map([...scope.prefixes, [namespace, prefix]]), declared: namespace };
}

function writeElement(
  name: string,
  namespace: string,
  scope: Scope & { declared?: string },
  content: string | null | ((inner: Scope) => string),
): string {
  const declaration = scope.declared
    ? ` xmlns:${scope.prefixes.get(scope.declared)}="${scope.declared}"`
    : "";
  const prefix = scope.prefixes.get(namespace);
  const isDefault = scope.namespace === namespace;
  const tag = isDefault || !prefix ? name : `${prefix}:${name}`;
  const redeclared = isDefault || prefix ? "" : ` xmlns="${namespace}"`;
  if (content === null) return `<${tag}${declaration}${redeclared} i:nil="true"/>`;
  const inner: Scope = {
    namespace: redeclared === "" ? scope.namespace : namespace,
    prefixes: scope.prefixes,
    depth: scope.depth + 1,
  };
  const text = typeof content === "string" ? escapeXml(content) : content(inner);
  return `<${tag}${declaration}${redeclared}>${text}</${tag}>`;
}

function escapeXml(text: string): string {
  return (
    text
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll("\r", "&#xD;")
      // Characters that XML 1.0 cannot carry at all.
      .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
  );
}

function isRecord(value: unknown): value is Wire {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
