// `node --import onescope/auto server.js`: every storage is a slot, and once the process serves HTTP, its requests are tracked,
// watched, recorded and served.

import { attempt } from "./auto/attempt.js";
import { whenServing } from "./auto/serving.js";
import { start } from "./auto/start.js";
import { attachIfShared } from "./process/attach.js";
import { replaceStorages } from "./process/replace-storages.js";
import { prepareFastify } from "./tracking/routes/fastify.js";
import { AUTO } from "./util/env.js";
import { shared } from "./util/shared.js";

shared("auto", () => {
  attempt("onescope/register", AUTO.ONESCOPE_REGISTER === "off" ? attachIfShared : replaceStorages);
  if (AUTO.ONESCOPE_TRACK !== "off") attempt("onescope/auto", prepareFastify);
  attempt("onescope/auto", () => whenServing(start));
  return true;
});
