import { parentPort } from "node:worker_threads";
import { registerSlot, store } from "../../js/index.js";
import { createRequestContext, runWithRequestContext } from "../../shims/unified-request-context.js";

// A thread that makes requests and registers slots on request, and ends on request.

const contexts = [];

function make() {
  const context = createRequestContext();
  runWithRequestContext(context, () => {
    context.nextFetchId = contexts.push(context);
  });
}

function respond(question) {
  if (question === "end") return process.exit();
  if (question === "make for ever") {
    parentPort.postMessage("begun");
    for (;;) {
      make();
      if (contexts.length > 1000) contexts.length = 0;
    }
  }
  if (question.register !== undefined) {
    try {
      return parentPort.postMessage(registerSlot(...question.register).id);
    } catch (error) {
      return parentPort.postMessage(error.code);
    }
  }
  for (let made = 0; made < question.make; made++) make();
  const ids = contexts.map(store.id);
  const mine = store.contexts().find(({ id }) => id === ids[0]);
  parentPort.postMessage({
    ids,
    thread: mine.thread,
    states: [...new Set(ids.map((id) => store.state(id).state))],
    wrong: contexts.filter((context, index) => context.nextFetchId !== index + 1).length,
    counts: store.counts(),
  });
}

parentPort.on("message", respond);
