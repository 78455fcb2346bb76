import type { NextApiRequest, NextApiResponse } from "next";

export default function handler(req: NextApiRequest, res: NextApiResponse) {
  res.status(200).json({ agent: req.headers["x-agent"], session: req.cookies.session });
}
