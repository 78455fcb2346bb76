import { setTimeout as sleep } from "node:timers/promises";
import { backend, SlotStorage } from "onescope";
import { inFlight } from "onescope/inspect";

export const dynamic = "force-dynamic";

const user = new SlotStorage();

export async function GET(request) {
  const { searchParams } = new URL(request.url);
  return user.run(searchParams.get("user"), async () => {
    await sleep(5);
    if (searchParams.has("block")) {
      const end = performance.now() + 600;
      while (performance.now() < end);
      await sleep(200);
    }
    const labels = inFlight().map(({ label }) => label);
    return Response.json({ backend, user: user.getStore(), labels, ...globalThis.onescopeTest });
  });
}
