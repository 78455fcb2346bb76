import { after } from "next/server";
import { record } from "../../../lib/after-log";
import { pause } from "../../../lib/pause";
import { headerId } from "../../../lib/request-ids";

export async function GET() {
  const id = await headerId();
  after(async () => {
    await pause();
    record(id, "route");
    // Throws unless this callback still runs in its request's context.
    after(() => record(id, "route, nested"));
  });
  return Response.json({ id });
}
