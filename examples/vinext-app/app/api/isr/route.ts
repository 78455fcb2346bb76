import { pause } from "../../../lib/pause";
import { timestamp } from "../../../lib/timestamp";

export const dynamic = "force-static";
export const revalidate = 1;

export async function GET() {
  await pause();
  return Response.json({ madeAt: timestamp() });
}
