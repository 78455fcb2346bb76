// What bundles for browsers get instead of a shim, and what browser.js throws by. In CommonJS, whose exports bundlers do not check: the
// names that the shims export are vinext's.

/** Frames of the modules' runtime of webpack, Turbopack, esbuild and Rolldown. */
const RUNTIME =
  /webpack|turbopack|^(?:__require|__init|__commonJS\w*|__esm\w*|require_\w+)\b|(?:esm|commonJs)(?:Import|Require)|\binstantiate\w*Module|getOrInstantiate/i;

const FRAME = /^ *(?:at )?(.*?)[ @]*\(?([^ (]+:\d+:\d+)\)?$/;

/** @returns {string} where the import is, as far as the stack shows it */
function importer() {
  const places = (new Error().stack ?? "").split("\n").flatMap((line) => {
    const [, name, place] = FRAME.exec(line) ?? [];
    return place === undefined ? [] : [{ name, place }];
  });
  // The first two are of this file.
  const found = places.slice(2).find(({ name, place }) => !RUNTIME.test(name) && !/browser\.cjs/.test(place));
  return found === undefined ? "" : ` at ${found.place}`;
}

/** @returns {never} */
function refuse() {
  const error = new Error(
    `onescope is server only, but a browser loads it${importer()}; import it only from modules that run on the server, ` +
      "not from Client Components",
  );
  error.name = "OnescopeError";
  throw Object.assign(error, { code: "ERR_ONESCOPE_SERVER_ONLY" });
}

// Two statements: rollup without a plugin for CommonJS has no `module`.
const refused = refuse();
module.exports = refused;
