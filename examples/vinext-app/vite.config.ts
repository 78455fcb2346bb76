import vinext from "vinext";
import { defineConfig } from "vite";

// With EXAMPLE_STOCK=1 the same app is built by vinext alone, so that the two
// builds can be compared.
const stock = process.env.EXAMPLE_STOCK === "1";

export default defineConfig(async () => ({
  plugins: [
    // Before vinext(): onescope has to see vinext's own modules first.
    stock ? null : (await import("onescope/vite")).default(),
    vinext(),
  ],
}));
