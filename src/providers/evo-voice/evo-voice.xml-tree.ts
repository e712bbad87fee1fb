/** XML text to elements with their namespaces resolved: prefixes mean nothing, they follow nesting depth (§7). */
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { isJsonObject, type JsonValue } from "../../model/index.js";

/** An element as the data-contract serializer means it. Attributes other than `nil` carry nothing. */
export interface XmlElement {
  /** Without its prefix. */
  name: string;
  /** URI; empty when there is none. */
  namespace: string;
  /** Written as `i:nil="true"`: the value is null. */
  nil: boolean;
  /** Character data and CDATA, entities resolved, white space kept. */
  text: string;
  children: XmlElement[];
}

const INSTANCE_NAMESPACE = "http://www.w3.org/2001/XMLSchema-instance";
const ATTRIBUTES = ":@";
const TEXT = "#text";
const CDATA = "#cdata";

/**
 * The parser only cuts the text up. Its own guesses at types, its trimming and its entity limits (meant for DOCTYPE
 * bombs, but counted for `&amp;` too) are off: the tables know the types, and a DOCTYPE is refused.
 */
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  cdataPropName: CDATA,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

/** Parses a document to its root element. Throws `SyntaxError` whose message quotes nothing of the text. */
export function parseXmlTree(text: string): XmlElement {
  const refuse = (cause?: unknown) =>
    new SyntaxError(`expected XML, got ${text.length} characters of something else`, { cause });
  if (/<!DOCTYPE/i.test(text.slice(0, 1024)) || XMLValidator.validate(text) !== true) throw refuse();
  let nodes: JsonValue;
  try {
    nodes = parser.parse(text) as JsonValue;
  } catch {
    // The parser's own message may quote the text, so it is not passed on as the cause.
    throw refuse();
  }
  const [root] = elementsOf(nodes, new Map());
  if (root === undefined) throw refuse();
  return root;
}

type Prefixes = ReadonlyMap<string, string>;

function elementsOf(nodes: JsonValue | undefined, outer: Prefixes): XmlElement[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node) => {
    if (!isJsonObject(node)) return [];
    const tag = Object.keys(node).find((key) => key !== ATTRIBUTES && key !== TEXT && key !== CDATA);
    return tag === undefined ? [] : [toElement(tag, node[tag], node[ATTRIBUTES], outer)];
  });
}

function toElement(
  tag: string,
  content: JsonValue | undefined,
  attributes: JsonValue | undefined,
  outer: Prefixes,
): XmlElement {
  const pairs = isJsonObject(attributes) ? Object.entries(attributes) : [];
  const texts = pairs.map(([key, value]) => [key, resolveEntities(String(value))] as const);
  const declared = texts.filter(([key]) => key === "xmlns" || key.startsWith("xmlns:"));
  const prefixes =
    declared.length === 0
      ? outer
      : new Map([...outer, ...declared.map(([key, uri]) => [key.slice("xmlns:".length), uri] as const)]);
  const nil = texts.some(([key, value]) => {
    const { name, prefix } = split(key);
    const isNil = name === "nil" && prefix !== "" && prefixes.get(prefix) === INSTANCE_NAMESPACE;
    return isNil && (value === "true" || value === "1");
  });
  const { name, prefix } = split(tag);
  const namespace = prefixes.get(prefix);
  if (namespace === undefined && prefix !== "") throw new SyntaxError("expected declared XML prefixes");
  return {
    name,
    namespace: namespace ?? "",
    nil,
    text: textOf(content),
    children: elementsOf(content, prefixes),
  };
}

/** The default namespace is kept under the empty prefix. */
function split(qualified: string): { prefix: string; name: string } {
  const colon = qualified.indexOf(":");
  return { prefix: qualified.slice(0, Math.max(colon, 0)), name: qualified.slice(colon + 1) };
}

function textOf(content: JsonValue | undefined): string {
  if (!Array.isArray(content)) return "";
  return content
    .map((node) => {
      if (!isJsonObject(node)) return "";
      if (typeof node[TEXT] === "string") return resolveEntities(node[TEXT]);
      const [cdata] = Array.isArray(node[CDATA]) ? node[CDATA] : [];
      return isJsonObject(cdata) && typeof cdata[TEXT] === "string" ? cdata[TEXT] : "";
    })
    .join("");
}

const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function resolveEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));/g, (whole, hex, decimal, name) => {
    // Own names only: `&constructor;` is no entity.
    if (name !== undefined)
      return Object.hasOwn(NAMED, String(name)) ? (NAMED[String(name)] ?? whole) : whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
