import { pause } from "../../../lib/pause";
import { stamp } from "../../../lib/stamp";

export const dynamic = "force-static";
export const revalidate = 1;

export async function GET() {
  await pause();
  return Response.json({ madeAt: stamp() });
}
