import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { diffLines } from "../../js/cli/init/diff.js";
import { applyEdits } from "../../js/cli/init/edits.js";
import { editInstrumentation } from "../../js/cli/init/instrumentation.js";
import { addToLists, hasInList } from "../../js/cli/init/list-property.js";
import { addDependency, addScript, insertInScript } from "../../js/cli/init/package-json.js";
import { editViteConfig } from "../../js/cli/init/vite-config.js";
import { isStartScript, placesForFlags, programsIn } from "../../js/cli/project/commands.js";
import { parse } from "../../js/cli/project/syntax.js";

/**
 * @param {(text: string) => import("../../js/cli/init/edits.js").Edit[] | undefined} edit
 * @param {string} before
 * @param {string | undefined} after `undefined` if it has to be done by hand
 */
function check(edit, before, after) {
  const edits = edit(before);
  if (after === undefined || edits === undefined) return assert.equal(edits, after);
  assert.equal(applyEdits(before, edits), after);
  assert.deepEqual(edit(after), [], "a second time changes nothing");
}

describe("the Vite plugin is put before vinext's", () => {
  const imports = 'import onescope from "onescope/vite";\nimport vinext from "vinext";\n';
  for (const [name, before, after] of /** @type {Array<[string, string, string | undefined]>} */ ([
    [
      "as vinext init writes it",
      'import vinext from "vinext";\nimport { defineConfig } from "vite";\n\nexport default defineConfig({\n  plugins: [vinext()],\n});\n',
      `${imports}import { defineConfig } from "vite";\n\nexport default defineConfig({\n  plugins: [onescope(), vinext()],\n});\n`,
    ],
    [
      "tabs, CRLF, single quotes, no semicolons",
      "import vinext from 'vinext'\r\nexport default {\r\n\tplugins: [\r\n\t\tvinext(),\r\n\t],\r\n}\r\n",
      "import onescope from 'onescope/vite'\r\nimport vinext from 'vinext'\r\nexport default {\r\n\tplugins: [\r\n\t\tonescope(),\r\n\t\tvinext(),\r\n\t],\r\n}\r\n",
    ],
    [
      "comments stay with what they are about",
      'import vinext from "vinext";\nexport default defineConfig(() => ({\n  plugins: [\n    react(), // fast\n    // last\n    /* really */\n    vinext({ a: 1 }), // here\n  ],\n})); // end',
      `${imports}export default defineConfig(() => ({\n  plugins: [\n    react(), // fast\n    onescope(),\n    // last\n    /* really */\n    vinext({ a: 1 }), // here\n  ],\n})); // end`,
    ],
    [
      "conditional, with spreads and types",
      'import vinext from "vinext";\nexport default (env: Env): UserConfig => ({ plugins: [...base, env.x ? vinext() : null] satisfies Plugin[] });',
      `${imports}export default (env: Env): UserConfig => ({ plugins: [...base, onescope(), env.x ? vinext() : null] satisfies Plugin[] });`,
    ],
    [
      "a variable, in a nested list, in parentheses",
      'import vinext from "vinext";\nconst app = vinext();\nexport default { plugins: [[(app)], x()] };',
      `${imports}const app = vinext();\nexport default { plugins: [[onescope(), (app)], x()] };`,
    ],
    [
      "CommonJS, plugins.push()",
      "const { default: vinext } = require('vinext');\nconst plugins = [];\nplugins.push(vinext());\nmodule.exports = { plugins };",
      "const { default: onescope } = require('onescope/vite');\nconst { default: vinext } = require('vinext');\nconst plugins = [];\nplugins.push(onescope(), vinext());\nmodule.exports = { plugins };",
    ],
    [
      "imported and not used",
      `${imports}export default { plugins: [vinext()] };`,
      `${imports}export default { plugins: [onescope(), vinext()] };`,
    ],
    [
      "imported where it is used",
      'export default async () => ({ plugins: [(await import("vinext")).default()] });',
      'export default async () => ({ plugins: [(await import("onescope/vite")).default(), (await import("vinext")).default()] });',
    ],
    [
      "a name that is taken",
      'import vinext from "vinext";\nconst onescope = 1;\nexport default { plugins: [vinext()] };',
      'import onescopePlugin from "onescope/vite";\nimport vinext from "vinext";\nconst onescope = 1;\nexport default { plugins: [onescopePlugin(), vinext()] };',
    ],
    [
      "two lists",
      'import vinext from "vinext";\nexport default (a) => a ? { plugins: [vinext()] } : { plugins: [b(), vinext()] };',
      `${imports}export default (a) => a ? { plugins: [onescope(), vinext()] } : { plugins: [b(), onescope(), vinext()] };`,
    ],
    [
      "a byte order mark and text beyond ASCII",
      '\uFEFF// für 日本 😀\nimport vinext from "vinext";\nconst a: Map<"é😀", 1> = b;\nexport default { plugins: [vinext()] };',
      `\uFEFF// für 日本 😀\n${imports}const a: Map<"é😀", 1> = b;\nexport default { plugins: [onescope(), vinext()] };`,
    ],
    ["no list", 'import vinext from "vinext";\nexport default { plugins: all(vinext) };', undefined],
    ["no vinext", "export default { plugins: [react()] };", undefined],
  ])) {
    test(name, () => check((text) => editViteConfig(text, "vite.config.ts"), before, after));
  }

  test("what is there already stays, in any form", () => {
    for (const text of [
      `${imports}export default { plugins: [onescope(), vinext()] };`,
      'export default async () => ({ plugins: [(await import("onescope/vite")).default(), vinext()] });',
    ]) {
      assert.deepEqual(editViteConfig(text, "vite.config.js"), []);
    }
  });

  test("what cannot be parsed says why", () => {
    for (const path of ["vite.config.ts", "vite.config.js"]) {
      assert.throws(() => editViteConfig("export default {", path), /Unexpected/);
    }
  });
});

describe("serverExternalPackages gets onescope", () => {
  for (const [name, before, after] of /** @type {Array<[string, string, string | undefined]>} */ ([
    [
      "as create-next-app writes it",
      'import type { NextConfig } from "next";\n\nconst nextConfig: NextConfig = {\n  /* config options here */\n};\n\nexport default nextConfig;\n',
      'import type { NextConfig } from "next";\n\nconst nextConfig: NextConfig = {\n  serverExternalPackages: ["onescope"],\n  /* config options here */\n};\n\nexport default nextConfig;\n',
    ],
    [
      "an empty object of a CommonJS file",
      "const nextConfig = {}\n\nmodule.exports = nextConfig\n",
      'const nextConfig = { serverExternalPackages: ["onescope"] }\n\nmodule.exports = nextConfig\n',
    ],
    [
      "inside of other configurations, after a comment",
      "module.exports = withA({ x: 1 })(withB({\n\tstrict: true // strict\n}));",
      'module.exports = withA({ x: 1 })(withB({\n\tstrict: true, // strict\n\tserverExternalPackages: ["onescope"]\n}));',
    ],
    [
      "a list of one line, and a function with two results",
      "export default async (phase) => {\n  const inner = () => { return 1; };\n  if (phase) return { a: 1 };\n  return { serverExternalPackages: ['pg'] };\n};",
      "export default async (phase) => {\n  const inner = () => { return 1; };\n  if (phase) return { a: 1, serverExternalPackages: ['onescope'] };\n  return { serverExternalPackages: ['pg', 'onescope'] };\n};",
    ],
    [
      "a list in a variable, on several lines",
      'const list = [\r\n  "a", // first\r\n];\r\nconst config = { serverExternalPackages: list };\r\nexport default config;',
      'const list = [\r\n  "a", // first\r\n  "onescope",\r\n];\r\nconst config = { serverExternalPackages: list };\r\nexport default config;',
    ],
    [
      "a spread of an object of another file, which may have the list",
      'import base from "./base";\nexport default { ...base, b: 2 };',
      'import base from "./base";\nexport default { ...base, b: 2, serverExternalPackages: [...(base.serverExternalPackages ?? []), "onescope"] };',
    ],
    [
      "a spread of an object of this file",
      "const base = { a: 1 };\nexport default { ...base };",
      'const base = { a: 1 };\nexport default { ...base, serverExternalPackages: ["onescope"] };',
    ],
    [
      "plugins in a list, and the configuration in a variable",
      "const plugins = [];\nconst c = { a: 1 };\nexport default compose(plugins, [withB], 'x', c);",
      "const plugins = [];\nconst c = { a: 1, serverExternalPackages: ['onescope'] };\nexport default compose(plugins, [withB], 'x', c);",
    ],
    [
      "a configuration that its name tells from options",
      'const nextConfig = {};\nexport default withSentryConfig(nextConfig, { org: "x" });',
      'const nextConfig = { serverExternalPackages: ["onescope"] };\nexport default withSentryConfig(nextConfig, { org: "x" });',
    ],
    [
      "a configuration of another file that its name tells from options",
      'import config from "./c";\nexport default withSentry({ org: "x" }, config);',
      undefined,
    ],
    ["options before the configuration", 'const c = {};\nexport default withSentry({ org: "x" }, c);', undefined],
    ["options after the configuration", 'const c = {};\nexport default withSentry(c, { org: "x" });', undefined],
    [
      "options beside a configuration of another file",
      'import c from "./c";\nexport default withSentry(c, { org: "x" });',
      undefined,
    ],
    ["options alone", "export default createMDX({ extension: /mdx/ });", undefined],
    ["Object.assign()", "export default Object.assign({}, base, { a: 1 });", undefined],
    [
      "Object.assign() of a configuration",
      "const config = {};\nexport default Object.assign({}, config, { a: 1 });",
      undefined,
    ],
    ["Object.assign() of one", "export default Object.assign({ a: 1 });", undefined],
    ["a list that is assigned", 'const c = {};\nc.serverExternalPackages = ["pg"];\nmodule.exports = c;', undefined],
    ["assigned to by Object.assign()", "const c = {};\nObject.assign(c, other);\nmodule.exports = c;", undefined],
    ["a spread of a call", "export default { ...base() };", undefined],
    ["a list that a function makes", "export default { serverExternalPackages: list() };", undefined],
    ["a configuration of another file", 'export { default } from "./base";', undefined],
    ["a variable that is assigned again", "let config = {};\nconfig = other;\nexport default config;", undefined],
  ])) {
    test(name, () => {
      check((text) => addToLists(text, "next.config.ts", { serverExternalPackages: "onescope" }), before, after);
    });
  }

  test("what was added by hand is found where the configuration is not clear", () => {
    for (const text of [
      'const c = { serverExternalPackages: ["pg", "onescope"] };\nexport default withSentry(c, { org: "x" });',
      'const c = {};\nc.serverExternalPackages = ["onescope"];\nmodule.exports = c;',
    ]) {
      assert.deepEqual(addToLists(text, "next.config.js", { serverExternalPackages: "onescope" }), []);
      assert.ok(hasInList(parse(text, "next.config.js").program, "serverExternalPackages", "onescope"));
    }
  });

  test("two lists that are both missing", () => {
    check(
      (text) => addToLists(text, "nitro.config.ts", { plugins: "./p.ts", traceDeps: "onescope" }),
      "export default defineConfig({\n  a: 1,\n});",
      'export default defineConfig({\n  a: 1,\n  plugins: ["./p.ts"],\n  traceDeps: ["onescope"],\n});',
    );
  });
});

describe("instrumentation loads onescope/auto", () => {
  const load = (/** @type {string} */ tab) =>
    `\n${tab}if (process.env.NEXT_RUNTIME === "nodejs") {\n${tab}${tab}await import("onescope/auto");\n${tab}}`;
  for (const [name, before, after] of /** @type {Array<[string, string, string | undefined]>} */ ([
    ["an empty file", "", `export async function register() {${load("  ")}\n}\n`],
    [
      "a file without register()",
      "export const onRequestError = () => {};",
      `export const onRequestError = () => {};\n\nexport async function register() {${load("  ")}\n}\n`,
    ],
    ["an empty function", "export async function register() {}", `export async function register() {${load("  ")}\n}`],
    [
      "a function of one line",
      "export async function register() { await x(); }",
      `export async function register() {${load("  ")}\n  await x();\n}`,
    ],
    [
      "an arrow function",
      'export const register = async () => {\n\tawait import("./x");\n};',
      `export const register = async () => {${load("\t")}\n\tawait import("./x");\n};`,
    ],
    [
      "a function that is not async",
      "export function register() {\n  registerOTel();\n}",
      `export async function register() {${load("  ")}\n  registerOTel();\n}`,
    ],
    ["a function whose type is void", "export function register(): void {\n  registerOTel();\n}", undefined],
    ["a function of another file", 'export { register } from "./y";', undefined],
    ["a function that another makes", "export const register = make();", undefined],
  ])) {
    test(name, () => check((text) => editInstrumentation(text, "instrumentation.ts"), before, after));
  }

  test("a file that loads onescope stays", () => {
    for (const text of [
      'import { watch } from "onescope/inspect";\nexport function register() { watch(); }',
      'export async function register() { if (x) await import("onescope/auto"); }',
    ]) {
      assert.deepEqual(editInstrumentation(text, "instrumentation.js"), []);
    }
  });
});

describe("package.json", () => {
  const add = (/** @type {string} */ text) => addDependency(text, "^1.0.0").edits;

  for (const [name, before, after] of [
    [
      "in order",
      '{\n  "dependencies": {\n    "a": "1",\n    "z": "1"\n  }\n}\n',
      '{\n  "dependencies": {\n    "a": "1",\n    "onescope": "^1.0.0",\n    "z": "1"\n  }\n}\n',
    ],
    ["at the end", '{"dependencies":{"z":"1","a":"1"}}', '{"dependencies":{"z":"1","a":"1","onescope": "^1.0.0"}}'],
    ["none yet", '{ "dependencies": {} }', '{ "dependencies": { "onescope": "^1.0.0" } }'],
    [
      "no group",
      '{\r\n\t"name": "x"\r\n}',
      '{\r\n\t"name": "x",\r\n\t"dependencies": {\r\n\t\t"onescope": "^1.0.0"\r\n\t}\r\n}',
    ],
    ["an empty file", "{}\n", '{\n  "dependencies": {\n    "onescope": "^1.0.0"\n  }\n}\n'],
    [
      "from devDependencies, with its range",
      '{\n  "devDependencies": {\n    "a": "1",\n    "onescope": "file:../x.tgz"\n  }\n}',
      '{\n  "dependencies": {\n    "onescope": "file:../x.tgz"\n  },\n  "devDependencies": {\n    "a": "1"\n  }\n}',
    ],
    [
      "the only one of devDependencies",
      '{ "dependencies": { "b": "1" }, "devDependencies": { "onescope": "1" } }',
      '{ "dependencies": { "b": "1", "onescope": "1" }, "devDependencies": {} }',
    ],
    ["there already", '{ "dependencies": { "onescope": "*" } }', '{ "dependencies": { "onescope": "*" } }'],
  ]) {
    test(`dependencies: ${name}`, () => {
      const edits = add(before);
      assert.deepEqual(JSON.parse(applyEdits(before, edits)), JSON.parse(after));
      assert.deepEqual(add(after), []);
      assert.equal(applyEdits(before, edits).replaceAll(/":\s*/g, '":'), after.replaceAll(/":\s*/g, '":'));
    });
  }

  test("a script gets Node's flag where Node starts", () => {
    const text = '{ "scripts": { "start": "A=\\"1 2\\" \\u006eode --x s.js && node y" } }';
    const command = JSON.parse(text).scripts.start;
    const edits = insertInScript(text, "start", placesForFlags(command), " -F");
    assert.equal(JSON.parse(applyEdits(text, edits)).scripts.start, 'A="1 2" node -F --x s.js && node -F y');
  });

  test("a script that is missing", () => {
    const text = '{\n  "name": "x"\n}\n';
    const after = applyEdits(text, [addScript(text, "start", "node server.js")]);
    assert.equal(after, '{\n  "name": "x",\n  "scripts": {\n    "start": "node server.js"\n  }\n}\n');
    const next = applyEdits(after, [addScript(after, "b", "c")]);
    assert.deepEqual(JSON.parse(next).scripts, { start: "node server.js", b: "c" });
  });

  test("what starts Node in a script", () => {
    for (const [command, expected] of [
      ["node server.js", "node_ server.js"],
      [
        "NODE_ENV=production PORT='3 000' node --enable-source-maps dist/main",
        "NODE_ENV=production PORT='3 000' node_ --enable-source-maps dist/main",
      ],
      ["npm run build && cross-env A=1 node dist/x.js", "npm run build && cross-env A=1 node_ dist/x.js"],
      ["doppler run -- node x.js | pino-pretty", "doppler run -- node_ x.js | pino-pretty"],
      ["tsx src/index.ts", "tsx_ src/index.ts"],
      ["node -e 'serve()'", "node -e 'serve()'"],
      ["node --test", "node --test"],
      ["node server.js -p 3000 -c config.json", "node_ server.js -p 3000 -c config.json"],
      ["node --env-file .env dist/main -v --test", "node_ --env-file .env dist/main -v --test"],
      ["node -r dotenv/config", "node -r dotenv/config"],
      ["node --check -r x server.js", "node --check -r x server.js"],
      ["tsx watch src/server.ts", "tsx watch src/server.ts"],
      ["tsx --tsconfig a.json src/server.ts watch", "tsx_ --tsconfig a.json src/server.ts watch"],
      ["nest start", "nest start"],
      ["echo node server.js", "echo node server.js"],
      ["(node a.js; exec node b.js)", "(node_ a.js; exec node_ b.js)"],
    ]) {
      const marked = placesForFlags(command).reduceRight(
        (text, at) => `${text.slice(0, at)}_${text.slice(at)}`,
        command,
      );
      assert.equal(marked, expected);
    }
    assert.deepEqual(
      programsIn("a b && c").map(({ name, args }) => [name, ...args]),
      [["a", "b"], ["c"]],
    );
    // A quote that is not closed ends with the command.
    for (const open of [`"a b`, `"a \\`, `'a && b`]) assert.deepEqual(programsIn(`node ${open}`)[0].args, [open]);
    const start = performance.now();
    for (const end of ["", "'", "\n", "\\"]) programsIn(`node ${'"\\'.repeat(100_000)}${end}`);
    for (const quote of ["", '"']) assert.equal(programsIn(`node ${quote}${"a".repeat(1e7)}`)[0].args.length, 1);
    assert.ok(performance.now() - start < 5000, "the time is linear");
    assert.deepEqual(
      ["start", "start:prod", "serve", "start:dev", "start:debug", "dev", "prestart", "build"].filter(isStartScript),
      ["start", "start:prod", "serve"],
    );
  });
});

test("a diff shows what changes, and three lines around it", () => {
  const text = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15";
  const lines = diffLines("a.txt", text, [
    { at: text.indexOf("2\n"), removed: "", inserted: "new\n" },
    { at: text.indexOf("14"), removed: "14", inserted: "fourteen" },
  ]);
  assert.deepEqual(lines, [
    "--- a.txt",
    "+++ a.txt",
    ...["@@ -1,4 +1,5 @@", " 1", "+new", " 2", " 3", " 4"],
    ...["@@ -11,5 +12,5 @@", " 11", " 12", " 13", "-14", "+fourteen", " 15"],
  ]);
  assert.deepEqual(diffLines("b.txt", undefined, [{ at: 0, removed: "", inserted: "x\ny\n" }]), [
    "--- /dev/null",
    "+++ b.txt",
    "@@ -0,0 +1,2 @@",
    "+x",
    "+y",
  ]);
});
