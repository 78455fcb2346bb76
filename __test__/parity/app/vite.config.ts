import vinext from "vinext";
import { defineConfig } from "vite";

const stock = process.env.EXAMPLE_STOCK === "1";

export default defineConfig(async () => ({
  // Not in node_modules, which this app shares with the example; one for each of the two, for one may not use the other's.
  cacheDir: stock ? ".vite-stock" : ".vite",
  plugins: [stock ? null : (await import("onescope/vite")).default(), vinext({ prerender: true })],
}));
