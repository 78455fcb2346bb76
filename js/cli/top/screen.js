import { styleText } from "node:util";

/** The alternate screen, no cursor, and lines that end at the edge even if a terminal finds a character wider than we do. */
const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[2K";
const CLEAR_BELOW = "\x1b[J";

/** Used if the terminal does not say how large it is. */
const SIZE = { columns: 80, rows: 24 };

/** A terminal while something draws on it. */
export class Screen {
  #output;
  #open = true;
  #restore = () => {
    if (this.#open) this.#output.write(LEAVE);
    this.#open = false;
  };

  /** @param {import("node:tty").WriteStream} output */
  constructor(output) {
    this.#output = output;
    output.write(ENTER);
    // However the process ends.
    process.once("exit", this.#restore);
  }

  /** @returns {{ width: number, height: number }} in columns and lines */
  get size() {
    const { columns, rows } = this.#output;
    return { width: columns || SIZE.columns, height: rows || SIZE.rows };
  }

  /** @param {import("./view.js").Line[]} lines none wider than the screen; those that are too many are left out */
  draw(lines) {
    const fitting = lines.slice(0, this.size.height);
    const drawn = fitting.map(
      // Without a style where the terminal or NO_COLOR says so.
      ({ text, style }) => CLEAR_LINE + (style ? styleText(style, text, { stream: this.#output }) : text),
    );
    // The newline after the last line would scroll.
    this.#output.write(HOME + drawn.join("\r\n") + (fitting.length < this.size.height ? `\r\n${CLEAR_BELOW}` : ""));
  }

  /** Leaves the terminal as it was. */
  close() {
    process.off("exit", this.#restore);
    this.#restore();
  }
}
