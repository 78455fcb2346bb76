import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { preloads, VARIANTS } from "../../__test__/_support/server.mjs";
import { normalize } from "../../__test__/parity/normalize.mjs";
import { buildApp, EXAMPLE } from "../../scripts/setup.mjs";

const APP = fileURLToPath(new URL("app", import.meta.url));

const BOUNDARY = "benchmark-boundary";

/** What each request carries. */
const SENT = { "x-agent": "benchmark", cookie: "session=5f2c" };

/** @param {boolean} stock */
const outOf = (stock) => (stock ? "dist-stock" : "dist");

/** Builds the app as it is and with onescope's plugin, unless that is there. It has what the example has installed. */
export function build() {
  const link = join(APP, "node_modules");
  if (!existsSync(link)) symlinkSync(join(EXAMPLE, "node_modules"), link, "junction");
  for (const stock of [true, false]) buildApp({ directory: APP, out: outOf(stock), stock });
}

/** @type {import("../_util/whole-server/measure.mjs").Target} */
export const vinextApp = {
  name: "vinext",
  start(variant, node) {
    const { stock, register } = VARIANTS[variant];
    const args = [...node.flags, ...preloads(register), "serve.mjs", outOf(stock)];
    return { command: node.path, args, cwd: APP };
  },
  announcement: /on (http:\/\/\S+)/,
  routes: async (origin) => {
    const get = (/** @type {string} */ name, /** @type {string} */ path) => ({ name, path, headers: SENT });
    return [
      get("route handler", "/api/echo"),
      get("dynamic page", "/dynamic"),
      get("streamed page", "/stream"),
      get("cached page", "/isr"),
      await action(origin),
      get("Pages Router page", "/legacy/ssr"),
      get("Pages Router API", "/api/legacy"),
    ];
  },
  normalize: (response) => normalize([{ label: "response", ...response }], "benchmark"),
};

/**
 * The server action, as a browser's React calls it.
 *
 * @param {string} origin
 */
async function action(origin) {
  // The build chooses the id.
  const [, id] = /name="\$ACTION_ID_([^"]+)"/.exec(await (await fetch(`${origin}/form`)).text()) ?? [];
  if (id === undefined) throw new Error("no server action on /form");
  // One argument that is a FormData; the order matters.
  const fields = [
    ["_1_name", "ada"],
    ["0", '["$K1"]'],
  ];
  const parts = fields.map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return {
    name: "server action",
    method: "POST",
    path: "/form",
    headers: {
      ...SENT,
      accept: "text/x-component",
      "next-action": id,
      "content-type": `multipart/form-data; boundary=${BOUNDARY}`,
    },
    body: `${parts.join("")}--${BOUNDARY}--\r\n`,
  };
}
