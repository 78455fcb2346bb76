import vinext from "vinext";
import { defineConfig } from "vite";

const stock = process.env.EXAMPLE_STOCK === "1";

export default defineConfig(async () => ({
  // Not in node_modules, which this app shares with the example.
  cacheDir: stock ? ".vite-stock" : ".vite",
  // By which profiles tell what module a function is of; Node does not read them.
  build: { sourcemap: true },
  plugins: [stock ? null : (await import("onescope/vite")).default(), vinext()],
}));
