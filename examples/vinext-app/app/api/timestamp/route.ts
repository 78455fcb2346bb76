import { pause } from "../../../lib/pause";
import { timestamp } from "../../../lib/timestamp";

// What /fetch-cache fetches: a value that changes on every real call.
export const dynamic = "force-dynamic";

export async function GET() {
  await pause();
  return Response.json({ timestamp: timestamp() });
}
