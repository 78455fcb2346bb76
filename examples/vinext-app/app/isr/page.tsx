import { cachedNumber } from "../../lib/cached-number";
import { pause } from "../../lib/pause";
import { timestamp } from "../../lib/timestamp";
import { Volatile } from "../../lib/volatile";

// Short, so that a load test meets fresh, stale and regenerating responses.
export const revalidate = 1;

export default async function Isr() {
  await pause();
  const { key, madeAt } = await cachedNumber("isr");
  return (
    <p>
      {`isr ${key} `}
      <Volatile timestamp={madeAt} /> <Volatile timestamp={timestamp()} />
    </p>
  );
}
