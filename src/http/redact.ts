/**
 * What may stand in a log line. Everything the client logs goes through here: credentials disappear, telephone numbers
 * keep their last two digits, the rest stays readable.
 */

const GONE = "[redacted]";
const SECRET_HEADER =
  /^(?:authorization|proxy-authorization|cookie|set-cookie|.*(?:token|secret|key|signature).*)$/i;
const SECRET_NAME =
  /token|secret|key|pass(?:word|wd|code)?|pwd|(?:^|_)pin(?:$|_)|auth|sig(?:nature)?$|credential|session$|user|login|email/i;
const CREDENTIALS = /\b(Basic|Bearer|Digest)\s+[A-Za-z0-9._~+/=-]+/gi;
const JWT = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const USER_INFO = /(\/\/)[^/\s@]+@/g;
const ASSIGNMENT =
  /("?[\w-]*(?:token|secret|password|passwd|api_?key|cookie|authorization)[\w-]*"?\s*[:=]\s*)("[^"]*"|[^\s,;&"}]+)/gi;
/** With a plus, in any common grouping; or 7 to 15 digits on their own, not part of a UUID, a word or a decimal. */
const NUMBER =
  /(?:\+|%2B)\d(?:[\s().-]|%20)?(?:\d(?:[\s().-]|%20)?){5,13}\d|(?<![\w.%-])\d{7,15}(?![\w-]|\.\d)/gi;

/** Masks secrets and telephone numbers in free text, such as an error's message. */
export function redactText(text: string): string {
  return maskNumbers(
    text
      .replace(USER_INFO, `$1${GONE}@`)
      .replace(CREDENTIALS, `$1 ${GONE}`)
      .replace(JWT, GONE)
      .replace(ASSIGNMENT, `$1${GONE}`),
  );
}

/** Masks a URL or path: user info, the values of query parameters that sound like secrets, telephone numbers. */
export function redactUrl(url: string): string {
  const [place = "", query] = splitOnce(url, "?");
  const path = maskNumbers(place.replace(USER_INFO, `$1${GONE}@`));
  if (query === undefined) return path;
  const parameters = query.split("&").map((parameter) => {
    const [name = "", value] = splitOnce(parameter, "=");
    if (value === undefined) return redactText(name);
    return `${name}=${SECRET_NAME.test(name) ? GONE : redactText(value)}`;
  });
  return `${path}?${parameters.join("&")}`;
}

/** A copy of headers without credentials and with telephone numbers masked. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      SECRET_HEADER.test(name)
        ? GONE
        : name.toLowerCase() === "location"
          ? redactUrl(value)
          : redactText(value),
    ]),
  );
}

function maskNumbers(text: string): string {
  return text.replace(NUMBER, (number) => {
    const bare = number.replace(/%2B/i, "+").replaceAll("%20", " ");
    return bare.slice(0, -2).replace(/\d/g, "•") + bare.slice(-2);
  });
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
