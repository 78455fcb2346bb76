// unsafe-characters.js: what no label may show, as a class for a regular expression.

/** @param {Array<[number, number]>} ranges first and last character of each */
export function unsafeCharacters(ranges) {
  const character = (code) => `\\\\u{${code.toString(16)}}`;
  const range = ([first, last]) => (first === last ? character(first) : `${character(first)}-${character(last)}`);
  return `/** Unsafe characters, for the inside of \`[…]\` in a regular expression with the flag \`u\`; lone surrogates are not in it. */
export const UNSAFE_CHARACTERS = [
${ranges.map((each) => `  "${range(each)}",\n`).join("")}].join("");
`;
}
