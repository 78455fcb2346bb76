// request-context.d.ts: the TypeScript face of a request context.

import { readFileSync } from "node:fs";
import { typeOf } from "./accessors.mjs";

const FIELD_TYPES = new URL("../../js/request/field-types.d.ts", import.meta.url);

/** @param {any} table */
export function requestContextTypes({ layout: { slots }, types }) {
  const fields = slots.map(
    (slot, index) =>
      `  /** Owner: ${slot.owner}; kind: ${slot.kind}. */\n  ${slot.key}: ${types[index] ?? typeOf(slot)};\n`,
  );
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
