import { cookies, headers } from "next/headers";
import { step } from "../../../../../step.mjs";

export async function GET(_request, { params }) {
  const { id } = await params;
  const user = (await headers()).get("x-user");
  for (let number = 0; number < 4; number++) await step(number, null);
  return Response.json({ id, user, theme: (await cookies()).get("theme")?.value });
}
