import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @returns {string} a directory to record into, which goes with the process */
export function temporaryFlights() {
  const folder = mkdtempSync(join(tmpdir(), "onescope-benchmark-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  // What asks a server ends it so.
  process.on("SIGTERM", () => process.exit());
  return join(folder, "flights");
}
