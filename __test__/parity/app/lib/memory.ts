// What the process remembers between requests, by keys that contain a request's id. On globalThis, since the app's modules
// exist once per environment and once per reload.

type Memory = {
  counts: Map<string, number>;
  log: Map<string, string[]>;
  gates: Map<string, PromiseWithResolvers<void>>;
};

const memory = ((globalThis as { parityMemory?: Memory }).parityMemory ??= {
  counts: new Map(),
  log: new Map(),
  gates: new Map(),
});

/** How often this was called with this key: distinguishes a new value from a cached one. */
export function count(key: string): number {
  const next = (memory.counts.get(key) ?? 0) + 1;
  memory.counts.set(key, next);
  return next;
}

export function record(id: string, entry: string): void {
  const entries = memory.log.get(id) ?? [];
  entries.push(entry);
  memory.log.set(id, entries);
}

export function recorded(id: string): string[] {
  return memory.log.get(id) ?? [];
}

function gate(key: string): PromiseWithResolvers<void> {
  let found = memory.gates.get(key);
  if (found === undefined) memory.gates.set(key, (found = Promise.withResolvers()));
  return found;
}

/** Waits until the client opens this gate, which it does once it has seen what came before. */
export function passed(key: string): Promise<void> {
  return gate(key).promise;
}

export function open(key: string): void {
  gate(key).resolve();
}
