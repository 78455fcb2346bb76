export function Volatile({ timestamp }: { timestamp: string }) {
  return <span data-volatile="">{timestamp}</span>;
}
