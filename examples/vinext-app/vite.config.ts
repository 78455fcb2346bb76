import vinext from "vinext";
import { defineConfig } from "vite";

// With EXAMPLE_STOCK=1 the same app is built by vinext alone, so that the two
// builds can be compared.
const stock = process.env.EXAMPLE_STOCK === "1";

export default defineConfig(async () => ({
  plugins: [stock ? null : (await import("onescope/vite")).default(), vinext()],
}));
