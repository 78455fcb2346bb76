import { notFound } from "next/navigation";
import { observe } from "../../../lib/observe";

export async function GET() {
  await observe(2);
  notFound();
}
