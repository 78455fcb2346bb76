import { chromium as driver } from "playwright-core";
import { chromium } from "./tools.mjs";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Chromium without a window, with a fresh profile. */
export function launch() {
  return driver.launch({ executablePath: chromium().path, args: FLAGS });
}
