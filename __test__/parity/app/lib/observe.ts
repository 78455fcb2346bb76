import { cookies, headers } from "next/headers";
import { pause } from "./pause";

/** What the request's headers and cookies are, read again after each of several awaits. */
export async function observe(times = 3, from = 2): Promise<string[]> {
  const seen: string[] = [];
  for (let step = 0; step < times; step++) {
    const id = (await headers()).get("x-request-id") ?? "no-id";
    await pause((await headers()).get("x-delays"), from + step);
    const cookie = (await cookies()).get("rid")?.value ?? "no-id";
    const middleware = (await headers()).get("x-from-middleware") ?? "no-id";
    seen.push(`observation ${step}: header ${id}, cookie ${cookie}, middleware ${middleware}`);
  }
  return seen;
}

/** The request's id where vinext may no longer have it: in work that outlives the handler. */
export async function lateHeader(): Promise<string> {
  try {
    return `header ${(await headers()).get("x-request-id") ?? "no-id"}`;
  } catch (error) {
    return `throws ${(error as Error).message.split(".")[0]}`;
  }
}
