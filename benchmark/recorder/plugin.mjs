// Vite plugin of the build that record.mjs records from: vinext's modules report to the recorder which of them looks the
// request's context up, and what they read and write in it.

const RECORDER = 'globalThis[Symbol.for("onescope.recorder")]';
const RECORDED = [
  "bindRequestContext",
  "createRequestContext",
  "getRequestContext",
  "isInsideUnifiedScope",
  "runOutsideRequestScopes",
  "runWithRequestContext",
  "runWithUnifiedStateMutation",
];
const IMPORT = /import \{([^}]*)\} from "[^"]*\/(?:unified-request-context|als-registry)\.js";/g;
const NEW_STORAGE = /new (?:\w+\.)?AsyncLocalStorage\(\)/g;

/** @returns {any} */
export function recorderPlugin() {
  return {
    name: "onescope-recorder",
    enforce: "pre",
    applyToEnvironment: (/** @type {any} */ { config }) => config.consumer === "server",
    transform(/** @type {string} */ code, /** @type {string} */ id) {
      const module = /.*\/node_modules\/(.+?)\.[cm]?js/.exec(id)?.[1].replace("/dist/", "/");
      if (module === undefined) return undefined;
      const named = code.replace(NEW_STORAGE, (made) => `${RECORDER}.named(${JSON.stringify(module)}, ${made})`);
      if (!module.startsWith("vinext/")) return named === code ? undefined : named;
      if (module === "vinext/shims/unified-request-context") return recordContexts(named);
      return named.replace(IMPORT, (statement, names) => recordCalls(statement, names, module.slice("vinext/".length)));
    },
  };
}

/** @param {string} code of vinext's request context module */
function recordContexts(code) {
  return replaceOnce(
    replaceOnce(code, "const childCtx = { ...parentCtx };", `const childCtx = ${RECORDER}.child(parentCtx);`),
    /return (\{\s*headersContext: null,[\s\S]*?\.\.\.opts\s*\});/,
    (_, literal) => `return ${RECORDER}.context(${literal});`,
  );
}

/**
 * @param {string} statement
 * @param {string} names
 * @param {string} module
 */
function recordCalls(statement, names, module) {
  const functions = names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => RECORDED.includes(name))
    .map((name) => {
      const call = `${RECORDER}.call(${JSON.stringify(name)}, ${JSON.stringify(module)}, recorded_${name}, args)`;
      return `function ${name}(...args) { return ${call}; }`;
    });
  const renamed = statement.replace(/\w+(?=[,\s}])/g, (name) =>
    RECORDED.includes(name) ? `${name} as recorded_${name}` : name,
  );
  return `${renamed} ${functions.join(" ")}`;
}

/**
 * @param {string} code
 * @param {string | RegExp} what
 * @param {any} by
 */
function replaceOnce(code, what, by) {
  const replaced = code.replace(what, by);
  if (replaced === code)
    throw new Error(`vinext's request context has no ${what} any more: the recorder must learn it`);
  return replaced;
}
