import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { backend } from "../../js/index.js";
import { evalJson, runNode } from "../_support/run.mjs";
import { onTime } from "../_support/wait.mjs";

const native = backend === "native";
const urlOf = (name) => JSON.stringify(new URL(`../../js/${name}.js`, import.meta.url).href);

/**
 * Blocks a worker that has loaded onescope and does nothing with it, and prints the reports.
 *
 * @param {string} name of the entry that the worker loads
 * @param {string} watching when the watch begins: before the worker or after
 */
const program = (name, watching) => `
  import { once } from "node:events";
  import { setTimeout as sleep } from "node:timers/promises";
  import { Worker } from "node:worker_threads";
  import { watch } from ${urlOf("inspect")};
  const reports = [];
  const start = () => watch({ thresholdMs: 200, stacks: false, onStall: (report) => reports.push(report) });
  if (${JSON.stringify(watching)} === "before") start();
  const worker = new Worker(\`
    Promise.all([import("node:worker_threads"), import(${urlOf(name)})]).then(([{ parentPort }]) => {
      parentPort.on("message", () => {
        const end = performance.now() + 1000;
        while (performance.now() < end);
        parentPort.close();
      });
      parentPort.postMessage("loaded");
    });\`, { eval: true });
  const ended = once(worker, "exit");
  await once(worker, "message");
  if (${JSON.stringify(watching)} === "after") start();
  await sleep(500);
  worker.postMessage("block");
  await ended;
  await sleep(200);
  console.log(JSON.stringify(reports));
  process.exit();`;

describe("a worker that only loaded onescope", { skip: !native }, () => {
  for (const name of ["register", "inspect"]) {
    for (const watching of ["before", "after"]) {
      test(`is watched: ${name}, by a watch that began ${watching} it`, () =>
        onTime(async () => {
          const reports = await evalJson(program(name, watching));
          const meant = reports.filter(({ thread }) => thread > 0);
          if (meant[0]?.onescope !== "stall") return `no report: ${JSON.stringify(reports)}`;
          assert.deepEqual([meant[0].request, meant[0].call], [null, null]);
        }));
    }
  }
});

test("a main thread that only loaded register is watched by a watch of its worker", { skip: !native }, () =>
  onTime(async () => {
    const reports = await evalJson(`
      import { once } from "node:events";
      import { setTimeout as sleep } from "node:timers/promises";
      import { Worker } from "node:worker_threads";
      await import(${urlOf("register")});
      const worker = new Worker(\`
        Promise.all([import("node:worker_threads"), import(${urlOf("inspect")})]).then(([{ parentPort }, { watch }]) => {
          watch({ thresholdMs: 200, stacks: false, onStall: (report) => parentPort.postMessage(report) });
          parentPort.on("message", () => {});
          parentPort.postMessage("watching");
        });\`, { eval: true });
      const reports = [];
      await once(worker, "message");
      worker.on("message", (report) => reports.push(report));
      await sleep(500);
      const end = performance.now() + 1000;
      while (performance.now() < end);
      await sleep(200);
      console.log(JSON.stringify(reports));
      process.exit();`);
    if (reports[0]?.onescope !== "stall") return `no report: ${JSON.stringify(reports)}`;
    assert.equal(reports[0].thread, 0);
  }),
);

describe("to load onescope", () => {
  test("loads no addon in a process without workers: register", async () => {
    const { sharedObjects } = await evalJson(`
      import { setTimeout as sleep } from "node:timers/promises";
      await import(${urlOf("register")});
      await sleep(300);
      console.log(JSON.stringify({ sharedObjects: process.report.getReport().sharedObjects }));`);
    assert.ok(sharedObjects.length > 0);
    assert.deepEqual(
      sharedObjects.filter((path) => path.endsWith(".node")),
      [],
    );
  });

  for (const name of ["register", "inspect"]) {
    test(`keeps no thread alive: ${name}`, async () => {
      const source = `
        import { Worker } from "node:worker_threads";
        await import(${urlOf(name)});
        const worker = new Worker(\`import(${urlOf(name)})\`, { eval: true });
        worker.on("exit", (code) => console.log(code));`;
      const { code, stdout, stderr } = await runNode(["--input-type=module", "--eval", source], { timeoutMs: 20_000 });
      assert.deepEqual([code, stdout, stderr], [0, "0\n", ""]);
    });

    test(`says nothing where there is no addon: ${name}`, async () => {
      const source = `await import(${urlOf(name)}); setTimeout(() => {}, 300);`;
      const env = { ONESCOPE_NATIVE_PATH: "/nowhere/onescope.node", ONESCOPE_BACKEND: undefined };
      const { code, stdout, stderr } = await runNode(["--input-type=module", "--eval", source], { env });
      assert.deepEqual([code, stdout, stderr], [0, "", ""]);
    });
  }
});
