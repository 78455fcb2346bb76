import { describeBinary, withFile } from "./binary.js";

/**
 * The C library that this process runs on. Addons for one do not load on the other.
 *
 * @returns {"gnu" | "musl" | undefined} `undefined` if nothing says
 */
export function libc() {
  return fromExecutable() ?? fromReport();
}

/** By the program that loads executables: `/lib64/ld-linux-x86-64.so.2`, `/lib/ld-musl-x86_64.so.1`. A tenth of a millisecond. */
function fromExecutable() {
  try {
    const name = withFile("/proc/self/exe", describeBinary)?.interpreter;
    if (name?.includes("ld-musl-")) return "musl";
    return name?.includes("ld-linux-") ? "gnu" : undefined;
  } catch {
    // There is no /proc, or --permission denies to read it.
    return undefined;
  }
}

/** By Node's own report, which takes some milliseconds. */
function fromReport() {
  const report = /** @type {any} */ (process.report);
  if (typeof report?.getReport !== "function") return undefined;
  const { excludeNetwork } = report;
  // Otherwise it looks up the names of all open connections.
  report.excludeNetwork = true;
  const { header, sharedObjects } = report.getReport();
  report.excludeNetwork = excludeNetwork;
  if (header?.glibcVersionRuntime !== undefined) return "gnu";
  return sharedObjects?.some((/** @type {string} */ path) => path.includes("musl")) ? "musl" : undefined;
}
