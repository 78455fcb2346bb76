// How often a request calls Node's own storages: stock vinext against onescope, on the production server of the example app.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { countCalls } from "../__test__/_support/calls.mjs";
import { VARIANTS } from "../__test__/_support/server.mjs";
import { NODES } from "../scripts/nodes.mjs";
import { describeMachine } from "./_util/machine.mjs";
import { main } from "./_util/main.mjs";
import { align } from "./_util/report.mjs";
import { BENCHMARK } from "./_util/root.mjs";

const ROUTES = ["route handler get", "dynamic page", "action by fetch", "action by form"];
const COLUMNS = /** @type {const} */ (["run", "exit", "enterWith", "getStore", "snapshot"]);

const HELP = `How often one warm request calls Node's own storages, with stock vinext and with onescope.

Usage: node calls.mjs [options]

  --write       also store the table as results/calls.md
  -h, --help    print this
`;

await main(async () => {
  const { values } = parseArgs({ options: { write: { type: "boolean" }, help: { type: "boolean", short: "h" } } });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const nodes = NODES.filter(({ flags }) => flags.length === 0);
  const sections = [];
  for (const node of nodes) {
    const rows = [];
    for (const variant of Object.keys(VARIANTS)) {
      const calls = await countCalls(node, variant, ROUTES);
      for (const route of ROUTES) rows.push([route, variant, ...COLUMNS.map((column) => String(calls[route][column]))]);
    }
    rows.sort((a, b) => ROUTES.indexOf(a[0]) - ROUTES.indexOf(b[0]));
    sections.push(`## Node ${node.name}\n\n${align([["request", "variant", ...COLUMNS], ...rows]).join("\n")}`);
  }
  const { onescope } = describeMachine({ nodes: [] }, []);
  const text = `# Calls of Node's own storages in one request

One warm request of the example app's production server, no other in flight. Calls that Node's own methods make among
themselves do not count; \`enterWith\` comes in pairs where a scope is entered and left. \`plugin\`, \`register\` and \`both\`
are variants with onescope, in which slots are no storages of Node: what remains is the root storage, and those of React and
the server. Written by \`node calls.mjs --write\`.

- onescope: ${onescope}

${sections.join("\n\n")}
`;
  process.stdout.write(text);
  if (!values.write) return;
  mkdirSync(join(BENCHMARK, "results"), { recursive: true });
  writeFileSync(join(BENCHMARK, "results/calls.md"), text);
});
