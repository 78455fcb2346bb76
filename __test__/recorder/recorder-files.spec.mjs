// Which files record() makes in a directory, and which it removes.

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { backend } from "../../js/index.js";
import { flightDirectory, flightsIn, readFlight, record, startRecording } from "../_support/flights.mjs";
import { ROOT, runNode } from "../_support/run.mjs";

const skip = backend !== "native";

const evaluate = (/** @type {string} */ source, /** @type {string[]} */ ...args) =>
  runNode([
    "--input-type=module",
    "--eval",
    `import { record } from ${JSON.stringify(pathToFileURL(join(ROOT, "js/inspect.js")))};\n${source}`,
    ...args,
  ]);

test("a recording is named by its start and its process", { skip }, async (t) => {
  const directory = join(flightDirectory(t), "made/for it");
  await record({ directory, end: "exit 3" });
  const [file] = flightsIn(directory);
  const { pid, startedAt } = await readFlight(file);
  assert.equal(basename(file), `${startedAt.replace(/[-:]/g, "")}-${pid}.flight`);
  assert.deepEqual(readdirSync(directory), [basename(file)]);
  assert.equal(statSync(directory).mode & 0o777, 0o700);
});

test("record() records into .onescope/flights of the working directory", { skip }, async (t) => {
  const parent = dirname(flightDirectory(t));
  const { stdout, stderr } = await evaluate(
    "process.chdir(process.argv[1]); console.log(record().path); process.chdir('/');",
    parent,
  );
  assert.deepEqual([`${flightsIn(join(parent, ".onescope/flights"))}\n`, stderr], [stdout, ""]);
  assert.equal(readFileSync(join(parent, ".onescope/.gitignore"), "utf8"), "*\n");
});

test("the newest ended recordings are kept", { skip }, async (t) => {
  const directory = flightDirectory(t);
  const files = [];
  for (const end of ["exit 3", "kill", "kill", "exit 3"]) {
    await record({ directory, end, keep: 2 });
    files.push(flightsIn(directory).at(-1));
  }
  // The last one found three that had ended.
  assert.deepEqual(flightsIn(directory), files.slice(1));
  await record({ directory, end: "kill" });
  assert.deepEqual(flightsIn(directory).slice(0, 3), files.slice(1), "3 by default");
});

test("processes of one directory have a file each, and none removes that of a live one", { skip }, async (t) => {
  const directory = flightDirectory(t);
  const live = [await startRecording(t, directory), await startRecording(t, directory)];
  for (let n = 0; n < 3; n++) await record({ directory, end: "kill", keep: 1 });
  const files = flightsIn(directory);
  assert.deepEqual(files.slice(0, 2), live.map(({ file }) => file).sort());
  assert.equal(files.length, 4, "the two that live, the last one, and the one before, which had ended then");
  for (const { file, pid } of live) {
    const flight = await readFlight(file);
    assert.deepEqual([flight.pid, flight.running, flight.endedCleanly], [pid, true, null]);
  }
  await Promise.all([live[0].end(), live[1].end("SIGKILL")]);
  const ended = await Promise.all(live.map(({ file }) => readFlight(file)));
  assert.deepEqual(
    ended.map(({ endedCleanly }) => endedCleanly),
    [true, false],
  );
  await record({ directory, end: "kill", keep: 1 });
  assert.deepEqual(flightsIn(directory).slice(0, -1), files.slice(-1));
});

test("what is no recording stays as it is, and links are not followed", { skip }, async (t) => {
  const directory = flightDirectory(t);
  await record({ directory, end: "kill" });
  const [real] = flightsIn(directory);
  const elsewhere = join(directory, "elsewhere");
  mkdirSync(elsewhere);
  const others = {
    "20200101T000000.000Z-1.flight": "precious",
    "notes.txt": "precious",
    "copy.flight": readFileSync(real),
    "elsewhere/target": readFileSync(real),
  };
  for (const [name, content] of Object.entries(others)) writeFileSync(join(directory, name), content);
  symlinkSync(join(elsewhere, "target"), join(directory, "20200101T000000.000Z-2.flight"));
  symlinkSync("nowhere", join(directory, "20200101T000000.000Z-3.flight"));
  const before = readdirSync(directory);
  for (let n = 0; n < 2; n++) await record({ directory, end: "kill", keep: 1 });
  const after = readdirSync(directory);
  assert.deepEqual(
    before.filter((name) => !after.includes(name)),
    [basename(real)],
  );
  for (const [name, content] of Object.entries(others)) {
    assert.deepEqual(readFileSync(join(directory, name)), Buffer.from(content), name);
  }
});

test("where no file can be made one warning says so, and the process goes on", { skip }, async (t) => {
  const parent = dirname(flightDirectory(t));
  writeFileSync(join(parent, "file"), "precious");
  symlinkSync("nowhere", join(parent, "link"));
  for (const directory of ["file", "file/below", "link"].map((name) => join(parent, name))) {
    const source = `
      const handles = [1, 2].map(() => record({ directory: process.argv[1] }));
      console.log(JSON.stringify(handles.map((handle) => (handle.stop(), [handle.path, handle.usage().capacity]))));
      try { record({ directory: process.argv[1], strict: true }); } catch (error) { console.log(error.code); }
    `;
    const { code, stdout, stderr } = await evaluate(source, directory);
    assert.deepEqual([code, stdout], [0, "[[null,0],[null,0]]\nERR_ONESCOPE_RECORD_FILE\n"], stderr);
    const warning = `[ERR_ONESCOPE_RECORD_FILE] OnescopeWarning: onescope's record() is off: failed to create a file in ${directory}: `;
    assert.equal(stderr.split(warning).length, 2, stderr);
    assert.match(stderr, /; pass a directory that this user can write to\n/);
  }
  assert.deepEqual(readdirSync(parent).sort(), ["file", "link"]);
  assert.equal(readFileSync(join(parent, "file"), "utf8"), "precious");
});
