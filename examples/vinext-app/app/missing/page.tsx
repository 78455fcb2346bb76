import { notFound } from "next/navigation";
import { pause } from "../../lib/pause";

export default async function Missing() {
  await pause();
  notFound();
}
