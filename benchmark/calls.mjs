// How often a request calls Node's own storages: stock vinext against onescope, on the production server of the example app.

import { parseArgs } from "node:util";
import { countCalls } from "../__test__/_support/calls.mjs";
import { VARIANTS } from "../__test__/_support/server.mjs";
import { describeMachine } from "./_util/machine.mjs";
import { main } from "./_util/main.mjs";
import { findNodes } from "./_util/nodes.mjs";
import { publish } from "./_util/results.mjs";

const NAME = "calls";
const TITLE = "Calls of Node's own storages in one request";
const ROUTES = ["route handler get", "dynamic page", "action by fetch", "action by form"];
const COLUMNS = /** @type {const} */ (["run", "exit", "enterWith", "getStore", "snapshot"]);

const NOTES = `One warm request of the example app's production server, no other in flight. Calls that Node's own methods make among
themselves do not count; \`enterWith\` comes in pairs where a scope is entered and left. \`plugin\`, \`register\` and \`both\`
are variants with onescope, in which slots are no storages of Node: what remains is the root storage, and those of React and
the server. Written by \`node calls.mjs --write\`.`;

const HELP = `How often one warm request calls Node's own storages, with stock vinext and with onescope.

Usage: node calls.mjs [options]

  --node PATH   Node binary to count on; repeatable. Default: 22, 24 and 26 from the checkout's node_modules
  --quick       on this Node only
  --json        print everything as JSON instead of Markdown tables
  --write       also store the counts as results/calls.json and .md; those of other Nodes stay
  -h, --help    print this
`;

/** @param {import("../__test__/_support/calls.mjs").Calls} calls */
const pick = (calls) => Object.fromEntries(COLUMNS.map((column) => [column, calls[column]]));

await main(async () => {
  const { values } = parseArgs({
    options: {
      node: { type: "string", multiple: true },
      quick: { type: "boolean" },
      json: { type: "boolean" },
      write: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  /** @type {import("./_util/results.mjs").Part[]} */
  const parts = [];
  const { onescope } = describeMachine({ repetitions: 1, ms: 0 }, []);
  for (const node of findNodes(values.node, values.quick === true)) {
    const rows = [];
    for (const variant of Object.keys(VARIANTS)) {
      const calls = await countCalls(node, variant, ROUTES);
      for (const route of ROUTES) rows.push({ route, row: `${route}, ${variant}`, cells: pick(calls[route]) });
    }
    rows.sort((a, b) => ROUTES.indexOf(a.route) - ROUTES.indexOf(b.route));
    parts.push({ node: node.name, machine: { onescope }, rows: rows.map(({ row, cells }) => ({ row, cells })) });
  }
  publish({ name: NAME, title: TITLE, notes: NOTES, subject: "request", variants: [...COLUMNS], parts }, values);
});
