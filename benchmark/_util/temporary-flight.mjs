import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @returns {string} a directory to record into, which goes with the process */
export function temporaryFlights() {
  const folder = mkdtempSync(join(tmpdir(), "onescope-benchmark-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  // The benchmark ends a server so.
  process.on("SIGTERM", () => process.exit());
  return join(folder, "flights");
}
