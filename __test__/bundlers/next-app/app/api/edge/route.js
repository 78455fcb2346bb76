import { backend, SlotStorage } from "onescope";

export const runtime = "edge";

const user = new SlotStorage();

export async function GET(request) {
  return user.run(new URL(request.url).searchParams.get("user"), async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return Response.json({ backend, user: user.getStore() });
  });
}
