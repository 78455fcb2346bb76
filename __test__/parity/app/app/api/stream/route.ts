import { after, type NextRequest } from "next/server";
import { passed, record } from "../../../lib/memory";
import { lateHeader, observe } from "../../../lib/observe";

// The body is made after the handler has returned, piece by piece as the client reads it.
export async function GET(request: NextRequest) {
  const id = request.headers.get("x-request-id") ?? "no-id";
  const seen = await observe(1);
  after(() => record(id, "stream: after"));
  const encoder = new TextEncoder();
  let piece = 0;
  const body = new ReadableStream({
    async pull(controller) {
      if (piece > 0) await passed(`${id} ${piece}`);
      controller.enqueue(encoder.encode(`piece ${piece} of ${id}: ${piece === 0 ? seen[0] : await lateHeader()}\n`));
      if (++piece > 3) controller.close();
    },
    cancel() {
      record(id, "stream: cancelled");
    },
  });
  return new Response(body, { headers: { "content-type": "text/plain", "x-response-id": id } });
}
