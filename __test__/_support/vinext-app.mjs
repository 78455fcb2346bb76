import { STATUS } from "./built-app.mjs";

/**
 * The files of an app with a page that reads a header, and a route that says what onescope runs on.
 *
 * @param {{ plugins: string, imports?: string, dependencies?: object, next?: object }} options `plugins` is the text of Vite's
 *   list of plugins; `imports` are those that it needs besides vinext and onescope
 * @returns {Record<string, string>} for `makeApp`
 */
export function vinextApp({ plugins, imports = "", dependencies = { dependencies: { onescope: "*" } }, next = {} }) {
  return {
    "package.json": JSON.stringify({ private: true, type: "module", ...dependencies }),
    "next.config.mjs": `export default ${JSON.stringify(next)};`,
    "vite.config.mjs": `import onescope from "onescope/vite";
import vinext from "vinext";
${imports}
export default { plugins: ${plugins} };`,
    "lib/status.js": STATUS,
    "app/layout.jsx": "export default ({ children }) => <html><body>{children}</body></html>;",
    "app/page.jsx": `import { headers } from "next/headers";
import { Button } from "./button.jsx";
export default async () => <p>{"hello " + (await headers()).get("x-name")}<Button /></p>;`,
    "app/button.jsx": `"use client";
export const Button = () => <button onClick={() => alert("clicked")}>click</button>;`,
    "app/status/route.js": `import { status } from "../../lib/status.js";
export const dynamic = "force-dynamic";
export const GET = () => Response.json(status());`,
  };
}

/** @param {string} origin */
export async function requestPages(origin) {
  const names = ["ada", "bob", "eve"];
  const pages = await Promise.all(
    names.map((name) => fetch(origin, { headers: { "x-name": name } }).then((r) => r.text())),
  );
  const said = pages.map((page) => /hello (?:<!-- -->)?(\w+)/.exec(page)?.[1]);
  return { names, said, status: await (await fetch(`${origin}/status`)).json() };
}
