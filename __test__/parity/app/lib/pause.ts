/**
 * Waits as long as the request says, so that a run can be repeated.
 *
 * @param delays milliseconds, separated by commas, from the request's `x-delays` header
 * @param step which of them; they start over after the last
 */
export function pause(delays: string | null | undefined, step: number): Promise<void> {
  const list = (delays ?? "").split(",").filter(Boolean).map(Number);
  const ms = list.length === 0 ? 1 : list[step % list.length];
  return new Promise((resolve) => setTimeout(resolve, ms));
}
