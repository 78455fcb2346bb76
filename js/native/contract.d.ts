// What both backends offer. The native one is the addon itself plus what only the JavaScript side can know.

import type {
  ContextInfo,
  ContextKind,
  ContextState,
  Counts,
  Lifetime,
  OnFork,
  Scalar,
  SlotInfo,
  SlotKind,
} from "../../index.js";

export type { ContextInfo, Scalar, SlotInfo };

export interface SlotSpec {
  key: string;
  kind: SlotKind;
  lifetime: Lifetime;
  default?: Scalar;
  variants?: Array<string | number>;
  factory?: string;
  onFork?: OnFork;
}

/** Place 0 holds whole milliseconds, coarse, never 0. */
export interface Clock {
  readonly [place: number]: number;
}

export interface Store {
  layoutHash(): string;
  registerSlot(spec: SlotSpec): number;
  slots(): SlotInfo[];
  /** `clock` is where to read the time; without it, word 0 of the block. */
  attachThread(): { id: number; block?: ArrayBuffer; clock?: Clock };
  allocatePage(): ArrayBuffer;
  counts(): Counts;
  contexts(options?: { limit?: number; forks?: boolean }): ContextInfo[];
  readSlot(seq: number, id: number): Scalar;
  writeSlot(seq: number, id: number, value: Scalar): void;
  readLabel(seq: number): string;
  writeLabel(seq: number, text: string): void;
  readState(seq: number): { state: ContextState; kind: ContextKind };
}

export interface Backend extends Store {
  /** which backend this is */
  name: "native" | "js";
  /** why it is not the native one; empty for native */
  reasons: readonly string[];
  /** path of the addon, native only */
  path?: string;
  /** tells of a cell taken as a fork; the native backend sees it in the cell */
  forked(words: Int32Array): void;
  /** tells of a cell that was closed; the native backend sees it in the cell */
  closed(words: Int32Array): void;
}
