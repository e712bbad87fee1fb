/**
 * Data-contract XML to the object the same operation gives in JSON: camelCase names, JSON's order, booleans, numbers
 * and lists as the tables of `evo-voice.wire.ts` type them. A value that is not what its table says stays as text, so
 * that it is reported where the JSON one would be.
 */
import type { JsonObject, JsonValue } from "../../model/index.js";
import { toCamelCase } from "../wire/index.js";
import {
  ENTITY_MEMBERS,
  RESPONSE_STATUS,
  VENDOR_NAMESPACE,
  type MemberType,
  type Shape,
} from "./evo-voice.wire.js";
import { parseXmlTree, type XmlElement } from "./evo-voice.xml-tree.js";

/** What the root of an error is called is not certain (§7): what it holds marks it. */
const ERROR_MEMBER = "ResponseStatus";
const ERROR_CODE = "ErrorCode";

/**
 * Decodes a whole answer. An error envelope comes out as `{responseStatus}`, whatever was expected. Throws
 * `SyntaxError` for text that is not XML and for a root that is neither the expected shape nor an error.
 */
export function decodeXml(text: string, shape: Shape): JsonValue {
  const root = parseXmlTree(text);
  const status = statusOf(root);
  // A success may carry an empty one.
  if (status?.children.some(({ name, nil }) => name === ERROR_CODE && !nil) === true)
    return toEnvelope(status);
  const generic = shape.name === "ListResponse";
  const expected = generic ? root.name.startsWith(shape.name) : root.name === shape.name;
  if (!expected || !isVendor(root.namespace))
    throw new SyntaxError(`expected XML of a ${shape.name}, got another root`);
  return root.nil ? null : decodeShape(root, shape);
}

/** Decodes the body of a failure: the error envelope, or null when it is something else. Never throws. */
export function decodeXmlError(text: string): JsonValue {
  try {
    const status = statusOf(parseXmlTree(text));
    return status === undefined ? null : toEnvelope(status);
  } catch {
    // HTML, empty or broken bodies of failures are normal: the HTTP status speaks for them.
    return null;
  }
}

function statusOf(root: XmlElement): XmlElement | undefined {
  return root.children.find(({ name, nil }) => name === ERROR_MEMBER && !nil);
}

function toEnvelope(status: XmlElement): JsonValue {
  return { responseStatus: decodeShape(status, RESPONSE_STATUS) };
}

function decodeShape(element: XmlElement, shape: Shape): JsonValue {
  if (isLeaf(element) && element.text.trim() !== "") return element.text;
  const known = new Map<string, XmlElement>();
  const unknown = new Map<string, XmlElement>();
  for (const child of element.children) {
    const key = toCamelCase(child.name);
    if (!Object.hasOwn(shape.members, key)) {
      if (isVendor(child.namespace)) unknown.set(key, child);
    } else if (belongs(child, shape, key)) {
      known.set(key, child);
    } else if (isVendor(child.namespace) && !known.has(key)) {
      // The reference was written from few captures: another of the vendor's namespaces is better than no value.
      known.set(key, child);
    }
  }
  const decoded = Object.entries(shape.members).flatMap(([key, type]) => {
    const child = known.get(key);
    return child === undefined || child.nil ? [] : [[key, decodeMember(child, type)] as const];
  });
  const extra = [...unknown].flatMap(([key, child]) =>
    child.nil ? [] : [[key, decodeAnything(child)] as const],
  );
  return Object.fromEntries([...decoded, ...extra]);
}

function belongs(child: XmlElement, shape: Shape, key: string): boolean {
  return child.namespace === (Object.hasOwn(ENTITY_MEMBERS, key) ? VENDOR_NAMESPACE : shape.namespace);
}

function isVendor(namespace: string): boolean {
  return namespace === "" || namespace === VENDOR_NAMESPACE || namespace.startsWith(`${VENDOR_NAMESPACE}.`);
}

function decodeMember(element: XmlElement, type: MemberType): JsonValue {
  switch (type) {
    case "text":
    case "time":
      return isLeaf(element) ? element.text : decodeAnything(element);
    case "boolean":
      return decodeBoolean(element);
    case "integer":
      return isLeaf(element) && /^\s*[+-]?\d+\s*$/.test(element.text)
        ? Number(element.text)
        : decodeAnything(element);
    case "texts":
      return decodeList(element, (item) => (isLeaf(item) ? item.text : decodeAnything(item)));
    case "map":
      return decodeMap(element);
    default:
      return decodeList(element, (item) => decodeShape(item, type));
  }
}

/** `1` and `0` are booleans too, by the XML Schema type the serializer uses. */
function decodeBoolean(element: XmlElement): JsonValue {
  const word = isLeaf(element) ? element.text.trim() : "";
  if (word === "true" || word === "1") return true;
  if (word === "false" || word === "0") return false;
  return decodeAnything(element);
}

function decodeList(element: XmlElement, decodeItem: (item: XmlElement) => JsonValue): JsonValue {
  if (isLeaf(element) && element.text.trim() !== "") return element.text;
  return element.children.map((item) => (item.nil ? null : decodeItem(item)));
}

/** `KeyValueOfstringstring` with `Key` and `Value`, to an object. */
function decodeMap(element: XmlElement): JsonValue {
  if (isLeaf(element) && element.text.trim() !== "") return element.text;
  return Object.fromEntries(
    element.children.flatMap((pair) => {
      const key = pair.children.find((child) => child.name === "Key");
      const value = pair.children.find((child) => child.name === "Value");
      if (key === undefined) return [];
      return [[key.text, value === undefined || value.nil ? null : value.text] as const];
    }),
  );
}

/** What no table describes: text for a leaf, an object otherwise; repeated children keep the last. */
function decodeAnything(element: XmlElement): JsonValue {
  if (isLeaf(element)) return element.text;
  const object: JsonObject = Object.fromEntries(
    element.children
      .filter((child) => !child.nil)
      .map((child) => [toCamelCase(child.name), decodeAnything(child)] as const),
  );
  return object;
}

function isLeaf(element: XmlElement): boolean {
  return element.children.length === 0;
}
