import vinext from "vinext";
import { defineConfig } from "vite";

const stock = process.env.EXAMPLE_STOCK === "1";

export default defineConfig(async () => ({
  // Not in node_modules, which this app shares with the example; one for each of the two, because one may not use the other's.
  cacheDir: stock ? ".vite-stock" : ".vite",
  // A build, or an editor, that writes next to a server under test would make it load everything anew.
  server: { watch: null },
  plugins: [stock ? null : (await import("onescope/vite")).default(), vinext({ prerender: true })],
}));
