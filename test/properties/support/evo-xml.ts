/** Evo Voice rows as data-contract XML (Evo Voice reference §7). Prefixes, nulls and white space vary with the style. */
import { isRow, Verbatim, type WireRow, type WireValue } from "./wire-text.js";

const API = "http://schemas.datacontract.org/2004/07/Voice.Api";
const ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";
const INSTANCE = "http://www.w3.org/2001/XMLSchema-instance";

const BASE_MEMBERS: ReadonlySet<string> = new Set([
  "id", "dateCreated", "dateLastModified", "createdBy", "lastModifiedBy",
]); // prettier-ignore

/** Type and namespace of each list's items. */
const ITEMS: Readonly<Record<string, readonly [name: string, namespace: string]>> = {
  log: ["SessionLogInfo", `${API}.Sessions`],
  members: ["SessionMemberInfo", `${API}.Sessions`],
  customerBreadcrumb: ["CustomerBreadcrumb", `${API}.Customers`],
  messages: ["ChatTranscriptMessage", `${API}.Sessions`],
};

/** How one document is written. */
class Style {
  readonly prefix: string;
  readonly nil: string;
  readonly gap: string;
  readonly head: string;
  readonly leavesOutNulls: boolean;

  constructor(number: number) {
    this.prefix = ["", "d2p1", "a", "ns.1-x"][number % 4] ?? "";
    this.nil = ["i", "x", "xsi"][number % 3] ?? "i";
    this.gap = number % 5 === 0 ? "\n  " : "";
    this.head = number % 2 === 0 ? '<?xml version="1.0" encoding="utf-8"?>' : "";
    this.leavesOutNulls = number % 7 < 3;
  }

  /** An element in a namespace of its own, which whatever is inside repeats. */
  element(name: string, namespace: string, content: string): string {
    const tag = this.prefix === "" ? name : `${this.prefix}:${name}`;
    const declares = this.prefix === "" ? `xmlns="${namespace}"` : `xmlns:${this.prefix}="${namespace}"`;
    return content === "" ? `<${tag} ${declares}/>` : `<${tag} ${declares}>${content}</${tag}>`;
  }

  null(name: string, namespace: string): string {
    if (this.leavesOutNulls) return "";
    const element = this.element(name, namespace, "");
    return element.replace("/>", ` xmlns:${this.nil}="${INSTANCE}" ${this.nil}:nil="true"/>`);
  }
}

/** `aiTranscription` and `isBYOA` aside, the names differ from JSON's in their first letter only. */
function pascal(name: string): string {
  return name === "aiTranscription" ? "AITranscription" : name.slice(0, 1).toUpperCase() + name.slice(1);
}

function escape(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return escaped.replaceAll("\r", "&#xD;");
}

/** Names that XML can write; the others are nobody's members. Of `__proto__` the parser will have no document at all. */
const XML_NAME = /^(?!__proto__$)[A-Za-z_][\w.-]*$/;

function writeObject(name: string, namespace: string, row: WireRow, style: Style): string {
  const names = Object.keys(row)
    .filter((key) => XML_NAME.test(key))
    .toSorted();
  const ordered = [
    ...names.filter((key) => BASE_MEMBERS.has(key)),
    ...names.filter((key) => !BASE_MEMBERS.has(key)),
  ];
  const members = ordered.map((key) =>
    writeMember(key, BASE_MEMBERS.has(key) ? API : namespace, row[key] ?? null, style),
  );
  return style.element(name, namespace, style.gap + members.join(style.gap) + style.gap);
}

function writeMember(key: string, namespace: string, value: WireValue, style: Style): string {
  const name = pascal(key);
  if (value === null) return style.null(name, namespace);
  if (Array.isArray(value)) {
    const items = value.map((item) => writeItem(key, item, style));
    return style.element(name, namespace, items.join(style.gap));
  }
  if (isRow(value))
    return key === "applicationData"
      ? writeMap(name, namespace, value, style)
      : writeObject(name, namespace, value, style);
  return style.element(name, namespace, escape(plain(value)));
}

function writeItem(key: string, item: WireValue, style: Style): string {
  const [name, namespace] = (Object.hasOwn(ITEMS, key) ? ITEMS[key] : null) ?? ["string", ARRAYS];
  if (isRow(item)) return writeObject(name, namespace, item, style);
  if (item === null) return style.null(name, namespace);
  return style.element(name, namespace, escape(Array.isArray(item) ? "list" : plain(item)));
}

function writeMap(name: string, namespace: string, map: WireRow, style: Style): string {
  const pairs = Object.entries(map).map(([key, value]) =>
    style.element(
      "KeyValueOfstringstring",
      ARRAYS,
      style.element("Key", ARRAYS, escape(key)) +
        (value === null ? style.null("Value", ARRAYS) : style.element("Value", ARRAYS, escape(plain(value)))),
    ),
  );
  return style.element(name, namespace, pairs.join(style.gap));
}

/** A value as character data, without what XML 1.0 cannot hold. */
function plain(value: WireValue): string {
  const text = value instanceof Verbatim ? value.plain : typeof value === "object" ? "object" : String(value);
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").toWellFormed();
}

/** A list answer. Its root is the generic type's contract name, which ends in a hash. */
export function toListXml(
  item: string,
  namespace: string,
  rows: readonly WireValue[],
  number: number,
): string {
  const style = new Style(number);
  const items = rows.map((row) =>
    isRow(row)
      ? writeObject(item, namespace, row, style)
      : row === null
        ? style.null(item, namespace)
        : style.element(item, namespace, escape(plain(row))),
  );
  const flag = (name: string, text: string) => style.element(name, API, text);
  const content = [
    flag("HasMorePages", "false"),
    style.element("Items", API, items.join(style.gap)),
    flag("TotalCount", String(rows.length)),
    flag("TotalPages", "1"),
  ];
  return style.head + style.element(`ListResponseOf${item}x7Ab1`, API, content.join(style.gap));
}

/** An answer that is one object. */
export function toXml(name: string, namespace: string, row: WireRow, number: number): string {
  const style = new Style(number);
  return style.head + writeObject(name, namespace, row, style);
}

export const SESSIONS_NAMESPACE = `${API}.Sessions`;
export const FILES_NAMESPACE = `${API}.Files`;
