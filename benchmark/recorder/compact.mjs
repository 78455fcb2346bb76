// Interleaved what preload.mjs noted into a recording: only the context operations, and of the async structure what leads from
// one to the next.

/** @typedef {[string, ...any[]]} Step a kind, its details, and last the steps within it; recordings/README.md lists them */

/** @param {{ storages: any[], roots: any[] }} noted */
export function compact({ storages, roots }) {
  const names = uniqueNames(storages);
  /** @type {Map<number, number>} captures that were made within the recording, and the numbers that they get */
  const captured = new Map();
  const lists = roots
    .map(({ list }) => compactList(list, { names, captured }))
    .filter(hasOperations)
    .map((list) => /** @type {Step} */ (["root", list]));
  return {
    storages: storages.map(({ entered, byServer, keyed, left }, index) => ({
      name: names[index],
      made: keyed ? "keyed" : left ? "listed" : "own",
      ...(byServer && { byServer }),
      ...(entered && { entered }),
    })),
    steps: lists,
  };
}

/** @param {any[]} storages */
function uniqueNames(storages) {
  const seen = new Map();
  return storages.map(({ name }) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

/**
 * @param {any[]} nodes
 * @param {{ names: string[], captured: Map<number, number> }} known
 * @returns {Step[]}
 */
function compactList(nodes, known) {
  /** @type {Step[]} */
  const steps = [];
  let created = 0;
  let settled = 0;
  for (const node of nodes) {
    if (node.kind !== "async") {
      steps.push(...compactOperation(node, known));
      continue;
    }
    const list = compactList(node.list, known);
    if (hasOperations(list)) {
      steps.push(hop(list));
    } else {
      const inner = list.at(-1) ?? ["promises", 0, 0];
      const isPromise = node.type === "PROMISE";
      created += inner[1] + (isPromise ? 1 : 0);
      settled += inner[2] + (isPromise && node.ran ? 1 : 0);
    }
  }
  // Together, at the end: what a promise costs does not depend on where among the operations it was made.
  for (const step of steps) {
    if (step[0] !== "promises") continue;
    created += step[1];
    settled += step[2];
  }
  const merged = mergePairs(steps.filter(([kind]) => kind !== "promises"));
  return created > 0 ? [...merged, ["promises", created, settled]] : merged;
}

/**
 * A step for what happens in a later turn; hops that do nothing but lead to the next are counted.
 *
 * @param {Step[]} list
 * @returns {Step}
 */
function hop(list) {
  const [only] = list;
  return list.length === 1 && only[0] === "await" ? ["await", only[1] + 1, only[2]] : ["await", 1, list];
}

/**
 * @param {any} node
 * @param {{ names: string[], captured: Map<number, number> }} known
 * @returns {Step[]}
 */
function compactOperation(node, known) {
  const storage = known.names[node.storage];
  const inner = () => compactList(node.list ?? [], known);
  switch (node.kind) {
    case "get":
      return [["get", storage, node.value]];
    case "run":
      return [["run", storage, node.value, inner()]];
    case "exit":
      return [["exit", storage, inner()]];
    case "enter":
      return [["enter", storage, node.value]];
    case "snapshot":
    case "bind":
      known.captured.set(node.id, known.captured.size + 1);
      return [[node.kind, known.captured.get(node.id), ...(node.by ? [node.by] : [])]];
    case "resume":
    case "call":
      return known.captured.has(node.made) ? [[node.kind, known.captured.get(node.made), inner()]] : inner();
    case "create":
      return [["create", node.value, Object.fromEntries(node.given)]];
    case "request":
      return [["request", node.value, inner()]];
    case "child":
      return [["child", node.module, node.value, compactList(node.sets.list, known), inner()]];
    case "outside":
      return [["outside", inner()]];
    case "inside":
      return [["inside", node.module, node.is]];
    case "context":
      return [["context", node.module, node.value]];
    case "read":
    case "write":
      return [[node.kind, node.context, node.field, node.value]];
    default:
      throw new Error(`the recorder noted "${node.kind}", which has no step`);
  }
}

/**
 * A module of vinext's checks for a request, and then gets it: one lookup of its state.
 *
 * @param {Step[]} steps
 */
function mergePairs(steps) {
  /** @type {Step[]} */
  const merged = [];
  for (const step of steps) {
    const last = merged.at(-1);
    const isPair = step[0] === "context" && last?.[0] === "inside" && last[2] === true && last[1] === step[1];
    if (isPair) merged[merged.length - 1] = ["state", step[1], step[2]];
    else merged.push(step);
  }
  return merged;
}

/** @param {Step[]} list */
function hasOperations(list) {
  return list.some(([kind]) => kind !== "promises");
}

/**
 * @param {{ steps: Step[] } & Record<string, any>} recording
 * @returns {string} JSON with a step on each line
 */
export function print({ steps, ...head }) {
  const entries = Object.entries(head).map(([key, value]) => `${JSON.stringify(key)}: ${printValue(value)}`);
  return `{\n  ${[...entries, `"steps": ${printList(steps, "  ")}`].join(",\n  ")}\n}\n`;
}

/** @param {unknown} value */
function printValue(value) {
  const isList = Array.isArray(value);
  return isList ? `[\n    ${value.map((each) => JSON.stringify(each)).join(",\n    ")}\n  ]` : JSON.stringify(value);
}

/**
 * @param {any[]} steps
 * @param {string} indent
 * @returns {string}
 */
function printList(steps, indent) {
  const lines = steps.map((step) => {
    const last = step.at(-1);
    if (!Array.isArray(last) || last.length === 0) return JSON.stringify(step);
    return `${JSON.stringify(step.slice(0, -1)).slice(0, -1)},${printList(last, `${indent} `)}]`;
  });
  return `[\n${lines.map((line) => `${indent} ${line}`).join(",\n")}\n${indent}]`;
}
