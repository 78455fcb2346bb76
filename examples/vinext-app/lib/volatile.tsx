export function Volatile({ stamp }: { stamp: string }) {
  return <span data-volatile="">{stamp}</span>;
}
