// request-context.d.ts: the TypeScript face of a request context.

import { readFileSync } from "node:fs";

const FIELD_TYPES = new URL("../../js/request/field-types.d.ts", import.meta.url);

/** @param {any} table */
export function requestContextTypes({ layout: { slots }, types }) {
  const fields = slots.map(({ key, owner, kind, variants }, index) => {
    const type =
      types[index] ?? { flag: "boolean", counter: "number" }[kind] ?? variants.map(JSON.stringify).join(" | ");
    return `  /** Owner: ${owner}; kind: ${kind}. */\n  ${key}: ${type};\n`;
  });
  const declared = readFileSync(FIELD_TYPES, "utf8").matchAll(/^export (?:interface|type) (\w+)/gm);
  const used = [...declared]
    .map(([, name]) => name)
    .filter((name) => types.some((type) => type?.match(`\\b${name}\\b`)));
  return `import type { ${used.sort().join(", ")} } from "../request/field-types.js";

export type * from "../request/field-types.js";

/** All per-request state of vinext, one field per slot. */
export interface UnifiedRequestContext {
${fields.join("")}}
`;
}
