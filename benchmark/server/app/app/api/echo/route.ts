import { cookies, headers } from "next/headers";

export async function GET() {
  const agent = (await headers()).get("x-agent");
  const session = (await cookies()).get("session")?.value;
  return Response.json({ agent, session });
}
