// Reporter for `node --test`: a few lines for each test that failed and nothing else, to be read again at the very end.

const ERROR_LINES = 12;

/** Which of many runs of the same tests this is. */
const RUN = `[Node ${[process.versions.node, ...process.execArgv.filter((flag) => flag.includes("frame"))].join(" ")}${
  process.env.ONESCOPE_BACKEND === undefined ? "" : `, ${process.env.ONESCOPE_BACKEND}`
}]`;

/**
 * @param {AsyncIterable<{ type: string, data: any }>} events
 * @returns {AsyncGenerator<string>}
 */
export default async function* digest(events) {
  /** @type {string[]} names of the tests and suites around the one that comes next */
  const around = [];
  for await (const { type, data } of events) {
    if (type === "test:start") around.splice(data.nesting, around.length, data.name);
    if (type !== "test:fail" || data.details.error?.failureType === "subtestsFailed") continue;
    const name = [...around.slice(0, data.nesting), data.name].join(" > ");
    const where = data.file === undefined ? "" : ` (${data.file.replace(`${process.cwd()}/`, "")})`;
    yield `  ${name}${where} ${RUN}\n${firstLines(data.details.error)}\n`;
  }
}

/** @param {any} error as node:test wraps it */
function firstLines(error) {
  const text = String(error?.cause?.message ?? error?.cause ?? error?.message ?? "no error");
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines
    .slice(0, ERROR_LINES)
    .map((line) => `    ${line.slice(0, 200)}`)
    .join("\n");
}
