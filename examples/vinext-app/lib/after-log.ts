const log = new Map<string, string[]>();
const MAX_IDS = 10_000;

export function record(id: string, entry: string): void {
  const entries = log.get(id) ?? [];
  entries.push(entry);
  log.set(id, entries);
  // Maps keep insertion order, so the first key is the oldest.
  if (log.size > MAX_IDS) log.delete(log.keys().next().value!);
}

export function entriesOf(id: string): string[] {
  return log.get(id) ?? [];
}
