import { parentPort, workerData } from "node:worker_threads";
import { store } from "../../js/index.js";

// Reads and changes a context of another thread, by its id.

const { contextId } = workerData;
const { id } = store.slots().find(({ key }) => key === "phase");
const seen = {
  label: store.label(contextId),
  phase: store.read(contextId, id),
  state: store.state(contextId).state,
  listed: store.contexts().find(({ id }) => id === contextId)?.thread,
};
store.write(contextId, id, "route-handler");
store.setLabel(contextId, "written by a worker");
parentPort.postMessage(seen);
