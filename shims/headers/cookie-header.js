// Cookies as text: the Cookie header of a request and the Set-Cookie list of a middleware.

/**
 * Parses a Cookie header as `@edge-runtime/cookies` does: of a name that comes twice the last value counts, a part without
 * `=` is a name with the value `"true"`, and a value that is not decodable drops its part. Names are not trimmed.
 *
 * @param {string} header
 * @returns {Map<string, string>}
 */
export function parseCookieHeader(header) {
  /** @type {Map<string, string>} */
  const cookies = new Map();
  let start = 0;
  while (start < header.length) {
    const semicolon = header.indexOf(";", start);
    const end = semicolon === -1 ? header.length : semicolon;
    if (end > start) addPart(cookies, header.slice(start, end));
    start = end + 1;
    while (header.charCodeAt(start) === 32) start++;
  }
  return cookies;
}

/**
 * @param {Map<string, string>} cookies
 * @param {string} part
 */
function addPart(cookies, part) {
  const equals = part.indexOf("=");
  if (equals === -1) {
    cookies.set(part, "true");
    return;
  }
  const value = decode(part.slice(equals + 1));
  if (value !== undefined) cookies.set(part.slice(0, equals), value);
}

/**
 * @param {string} text
 * @returns {string | undefined} `undefined` if it is not decodable
 */
function decode(text) {
  // Most values have nothing to decode, and looking is cheaper than decoding.
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/**
 * Splits Set-Cookie values that a header joined with commas. The one comma of an Expires date does not separate.
 *
 * @param {string} list
 * @returns {string[]} trimmed, without empty ones
 */
export function splitSetCookies(list) {
  const parts = [];
  let start = 0;
  let commasOfDate = 0;
  for (const { 0: found, index } of list.matchAll(/expires=|[;,]/gi)) {
    if (found === ",") {
      if (commasOfDate-- > 0) continue;
      parts.push(list.slice(start, index));
      start = index + 1;
      commasOfDate = 0;
    } else {
      commasOfDate = found === ";" ? 0 : 1;
    }
  }
  parts.push(list.slice(start));
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

/**
 * The cookie that a Set-Cookie value sets. A value that is not decodable stays as it is.
 *
 * @param {string} setCookie
 * @returns {{ name: string, value: string } | undefined} `undefined` without a name
 */
export function readSetCookie(setCookie) {
  const equals = setCookie.indexOf("=");
  if (equals <= 0) return undefined;
  const semicolon = setCookie.indexOf(";", equals + 1);
  const text = setCookie.slice(equals + 1, semicolon === -1 ? undefined : semicolon);
  return { name: setCookie.slice(0, equals).trim(), value: decode(text) ?? text };
}
