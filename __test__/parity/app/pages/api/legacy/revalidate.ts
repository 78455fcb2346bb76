import type { NextApiRequest, NextApiResponse } from "next";
import { pause } from "../../../lib/pause";

export default async function handler(request: NextApiRequest, response: NextApiResponse) {
  await pause(request.headers["x-delays"] as string, 2);
  await response.revalidate(String(request.query.path));
  response.json({ revalidated: request.query.path, header: request.headers["x-request-id"] });
}
