import { after } from "next/server";
import { record } from "../../lib/after-log";
import { Ids } from "../../lib/ids";
import { pause } from "../../lib/pause";
import { headerId } from "../../lib/request-ids";

export default async function After() {
  const header = await headerId();
  after(async () => {
    await pause();
    record(header, "page");
  });
  return <Ids values={{ header }} />;
}
