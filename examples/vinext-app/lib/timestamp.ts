// The tildes let a test find and mask the value wherever it is printed: in the
// HTML, in the serialized component tree and in JSON.
export function timestamp(): string {
  return `~${Date.now()}~`;
}
