import type { NextApiRequest, NextApiResponse } from "next";
import { pause } from "../../lib/pause";

export default async function handler(request: NextApiRequest, response: NextApiResponse) {
  const header = request.headers["x-request-id"] ?? "no-id";
  await pause();
  const cookie = request.cookies.rid ?? "no-id";
  await pause();
  response.status(200).json({ header, cookie, query: request.query.rid ?? "no-id" });
}
