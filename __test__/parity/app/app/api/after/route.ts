import { after, type NextRequest } from "next/server";
import { record } from "../../../lib/memory";
import { lateHeader, observe } from "../../../lib/observe";
import { pause } from "../../../lib/pause";

export async function GET(request: NextRequest) {
  const id = request.headers.get("x-request-id") ?? "no-id";
  const delays = request.headers.get("x-delays");
  const early = pause(delays, 2).then(() => record(id, "promise: done"));
  after(early);
  after(async () => {
    record(id, `callback: started, ${await lateHeader()}`);
    await pause(delays, 3);
    record(id, `callback: ${await lateHeader()}`);
    after(() => record(id, "nested"));
  });
  const seen = await observe(2);
  await early;
  return Response.json({ seen });
}
