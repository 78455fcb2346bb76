/**
 * Makes Nitro leave this package outside its bundles and copy all of it into its output: the files that no import names
 * (the helper threads', `onescope/register`), and with them the addon's package, an optional dependency.
 *
 * @param {{ traceDeps?: Array<string | RegExp> }} options Nitro's
 */
export function traceOnescope(options) {
  options.traceDeps = [...(options.traceDeps ?? []), "onescope*"];
}
