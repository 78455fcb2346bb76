// A program that startup.mjs starts and that does nothing.

require("./usage.cjs");
