import type { NextApiRequest, NextApiResponse } from "next";
import { pause } from "../../../lib/pause";

export default async function handler(request: NextApiRequest, response: NextApiResponse) {
  const seen: string[] = [];
  for (let step = 0; step < 3; step++) {
    const id = request.headers["x-request-id"] ?? "no-id";
    await pause(request.headers["x-delays"] as string, 2 + step);
    seen.push(`observation ${step}: header ${id}, cookie ${request.cookies.rid}`);
  }
  response.setHeader("set-cookie", [`api=${request.cookies.rid}; Path=/`, "doomed=; Max-Age=0"]);
  response.status(201).json({ seen, query: request.query.rid ?? "no-id", body: request.body ?? null });
}
