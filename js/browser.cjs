// What bundles for browsers get instead of a shim, and what browser.js throws by, also in the edge runtime. In CommonJS, whose exports
// bundlers do not check: the names that the shims export are vinext's.

/** @returns {never} */
function refuse() {
  const error = new Error(
    "EdgeRuntime" in globalThis
      ? "only onescope and its shims run in the edge runtime, but it loads another entry; import onescope/inspect, " +
          'onescope/register, onescope/auto and onescope/opentelemetry only where NEXT_RUNTIME is "nodejs"'
      : "onescope is server only, but a browser loads it; import it only from modules that run on the server, not from Client " +
          "Components",
  );
  error.name = "OnescopeError";
  throw Object.assign(error, { code: "ERR_ONESCOPE_SERVER_ONLY" });
}

// Two statements: rollup without a plugin for CommonJS has no `module`.
const refused = refuse();
module.exports = refused;
