/** Evo Voice bodies, written from its reference: JSON as it is sent, and the data-contract XML of the same objects. */
const API = "http://schemas.datacontract.org/2004/07/Voice.Api";
const ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";
const INSTANCE = "http://www.w3.org/2001/XMLSchema-instance";

export type Row = Record<string, unknown>;

/** A live inbound call with every member of `SessionInfo`; overrides replace, `undefined` leaves a member out. */
export function sessionRow(overrides: Row = {}): Row {
  const row: Row = {
    dialState: "None",
    callState: "Connected",
    queueState: "Connected",
    accountId: "acc-1",
    accountName: "Acme & Sons",
    customerId: "cust-1",
    customerName: "North",
    customerBreadcrumb: [{ id: "cust-1", name: "North <1>" }],
    endpointId: "end-1",
    endpointName: "Front desk",
    dateCompleted: undefined,
    destination: "+15035550111",
    toAddress: "+15035550111",
    fromAddress: "(814) 555-0193",
    fromName: "Ada",
    answeredByName: "Grace",
    answeredById: "end-2",
    queueMemberId: "qm-1",
    channel: "Voice",
    ended: false,
    outcome: "",
    callSid: "CA00000000000000000000000000000001",
    consoleData: '{"note":"é \u{1F4DE}"}',
    holdQueueName: "hold-1",
    heldByUserId: "user-1",
    holdReason: "None",
    conferenceSid: "CF00000000000000000000000000000001",
    displayName: "Ada & Grace",
    log: [
      { date: "2026-03-01T10:15:01Z", message: "Start" },
      { date: "2026-03-01T10:15:05.250Z", message: 'Menu "<sales>"' },
    ],
    members: [
      {
        identity: "+18145550193",
        displayName: "Ada",
        isOriginalMember: true,
        applicationData: { crm: "17 & 18", empty: "" },
        callState: "Connected",
        role: "Caller",
        callSid: "CA00000000000000000000000000000001",
        muted: false,
      },
      {
        identity: "user:end-2",
        endpointId: "end-2",
        displayName: "Grace",
        isOriginalMember: false,
        avatarUrl: "https://cdn.example/grace.png",
        applicationData: {},
        callState: "Hold",
        role: "Agent",
        callSid: "CA00000000000000000000000000000002",
        muted: true,
      },
    ],
    callbackNumber: "+18145550193",
    direction: "Incoming",
    fromPhoneNumber: "+18145550193",
    mostRecentParticipantCallSid: "CA00000000000000000000000000000002",
    wasMissed: false,
    ringQueueId: "rq-1",
    id: "s1",
    dateCreated: "2026-03-01T10:15:00Z",
    dateLastModified: "2026-03-01T10:15:06Z",
    createdBy: "flow",
    lastModifiedBy: "flow",
    ...overrides,
  };
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}

/** The same session after it ended. */
export function endedRow(overrides: Row = {}): Row {
  return sessionRow({
    callState: "Disconnected",
    queueState: "Disconnected",
    ended: true,
    outcome: "Answered",
    dateCompleted: "2026-03-01T10:16:30.500Z",
    dateLastModified: "2026-03-01T10:16:31Z",
    ...overrides,
  });
}

const ENTITY = new Set(["id", "dateCreated", "dateLastModified", "createdBy", "lastModifiedBy"]);
const ITEM_NAMES: Record<string, readonly [string, string]> = {
  log: ["SessionLogInfo", `${API}.Sessions`],
  members: ["SessionMemberInfo", `${API}.Sessions`],
  customerBreadcrumb: ["CustomerBreadcrumb", `${API}.Customers`],
  messages: ["ChatTranscriptMessage", `${API}.Sessions`],
};

const pascal = (name: string) =>
  name === "aiTranscription" ? "AITranscription" : name[0]?.toUpperCase() + name.slice(1);
const escape = (value: unknown) =>
  String(value).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("é", "&#xE9;");

/** One object as XML: base members first, alphabetical in each part, prefixes by nesting depth, null as `i:nil`. */
export function toXml(name: string, namespace: string, row: Row, depth = 1): string {
  const own = `d${depth}p1`;
  const names = Object.keys(row).toSorted();
  const ordered = [...names.filter((key) => ENTITY.has(key)), ...names.filter((key) => !ENTITY.has(key))];
  const members = ordered.map((key) => {
    const value = row[key];
    const tag = pascal(key);
    if (ENTITY.has(key)) return `<${tag} xmlns="${API}">${escape(value)}</${tag}>`;
    if (value === null) return `<${own}:${tag} xmlns:x="${INSTANCE}" x:nil="true"/>`;
    if (Array.isArray(value))
      return `<${own}:${tag}>${value.map((item) => toItem(key, item, depth)).join("\n  ")}</${own}:${tag}>`;
    if (typeof value === "object") return toMap(`${own}:${tag}`, value as Row);
    return `<${own}:${tag}>${escape(value)}</${own}:${tag}>`;
  });
  return `<${own}:${name} xmlns:${own}="${namespace}">\n  ${members.join("\n  ")}\n</${own}:${name}>`;
}

function toItem(key: string, item: unknown, depth: number): string {
  const [name, namespace] = ITEM_NAMES[key] ?? ["", ""];
  if (name === "") return `<a:string xmlns:a="${ARRAYS}">${escape(item)}</a:string>`;
  return toXml(name, namespace, item as Row, depth + 1);
}

function toMap(tag: string, map: Row): string {
  const pairs = Object.entries(map).map(
    ([key, value]) =>
      `<a:KeyValueOfstringstring><a:Key>${escape(key)}</a:Key><a:Value>${escape(value)}</a:Value></a:KeyValueOfstringstring>`,
  );
  return `<${tag} xmlns:a="${ARRAYS}">${pairs.join("")}</${tag}>`;
}

/** A list answer as XML. */
export function toListXml(item: string, namespace: string, body: Row): string {
  const { items, ...rest } = body;
  const members = Object.entries(rest).map(
    ([key, value]) => `<${pascal(key)}>${escape(value)}</${pascal(key)}>`,
  );
  const rows = (items as Row[]).map((row) => toXml(item, namespace, row, 3)).join("");
  const root = `ListResponseOf${item}x7Ab1`;
  return `<?xml version="1.0" encoding="utf-8"?><${root} xmlns:i="${INSTANCE}" xmlns="${API}">${members.join("")}<Items>${rows}</Items></${root}>`;
}

export const SESSIONS_NAMESPACE = `${API}.Sessions`;
export const FILES_NAMESPACE = `${API}.Files`;
export const USER_NAMESPACE = `${API}.Authentication`;
