// The types of js/generated/context-fields.js, which do not depend on the slot table.

import type { UnifiedRequestContext } from "../generated/request-context.js";
import type { SideTable } from "./side-table.js";

/** The value slots of one context. */
export class Values {
  [key: string]: unknown;
}

/** Collections that were assigned to one context, in place of its context group's. */
export class Collections {
  [key: string]: unknown;
}

/** Collections that the contexts of a context group share. */
export class ContextGroup {
  constructor(root: ContextFields);
  root: ContextFields;
  /** the last child context of a request that is released as it closes, and the one before it */
  children: Children | undefined;
  afterContext: unknown;
}

export interface Children {
  context: ContextFields;
  next: Children | undefined;
}

export const BLANK_WORDS: Int32Array;
export const BLANK_BYTES: Uint8Array;
export const BLANK_VALUES: Values;
export const BLANK_COLLECTIONS: Collections;

/** The fields, and where they are stored: see context-fields.js. */
export interface ContextFields extends UnifiedRequestContext {
  $words: Int32Array;
  $bytes: Uint8Array;
  $base: number;
  $kind: number;
  $group: ContextGroup | undefined;
  $values: Record<string, unknown>;
  $collections: Record<string, unknown>;
  $sideTable: SideTable | undefined;
}

export const ContextFields: {
  readonly prototype: ContextFields;
  /** `kind` is a code of `KINDS`, or -1 for a context that belongs to no request */
  new (kind: number): ContextFields;
};

export function copyFields(child: ContextFields, parent: ContextFields): void;
export function copyRecord(child: ContextFields, parent: ContextFields): void;
export function holdsFields(set: Int32Array, words: Int32Array, base: number): boolean;
export function assignFields(context: ContextFields, from: object): void;
export const FIELD_NAMES: readonly (keyof UnifiedRequestContext)[];
