import { headers } from "next/headers";
import { after } from "next/server";
import { Lines } from "../../../lib/lines";
import { record } from "../../../lib/memory";
import { observe } from "../../../lib/observe";
import { pause } from "../../../lib/pause";

export default async function After() {
  const id = (await headers()).get("x-request-id") ?? "no-id";
  const delays = (await headers()).get("x-delays");
  after(async () => {
    record(id, "page: started after the response");
    await pause(delays, 3);
    record(id, "page: done");
  });
  return <Lines lines={await observe(2)} />;
}
