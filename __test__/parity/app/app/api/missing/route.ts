import { notFound } from "next/navigation";
import { look } from "../../../lib/look";

export async function GET() {
  await look(2);
  notFound();
}
