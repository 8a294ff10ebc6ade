// @ts-check

const CLEAR_LINE = '\r\u001b[2K';
const DIM = '\u001b[2m';
const BOLD = '\u001b[1m';
const RESET = '\u001b[0m';
const INDENT = '   ';

/** What the demo shows: titled steps, the commands they stand for, and one line that moves. */
export class Screen {
  #steps = 0;
  #moving = '';

  /** @param {NodeJS.WriteStream} output */
  constructor(output) {
    this.output = output;
    this.isTerminal = output.isTTY && output.hasColors();
  }

  /** @param {string} title */
  step(title) {
    this.#steps++;
    this.#line(`\n${this.#styled(BOLD, `${this.#steps}. ${title}`)}`);
  }

  /**
   * What somebody would type to do the same.
   *
   * @param {string} command
   */
  command(command) {
    this.#line(this.#styled(DIM, `${INDENT}$ ${command}`));
  }

  /** @param {string} text */
  say(text) {
    this.#line(INDENT + text);
  }

  /**
   * Replaces the moving line on a terminal; elsewhere every new text is a line of its own.
   *
   * @param {string} text without what changes all the time
   * @param {string} clock what changes all the time
   */
  progress(text, clock) {
    if (this.isTerminal) this.output.write(`${CLEAR_LINE}${INDENT}${text}${clock}`);
    else if (text !== this.#moving) this.output.write(`${INDENT}${text}${clock}\n`);
    this.#moving = text;
  }

  /** Leaves the moving line where it is. */
  settle() {
    if (this.isTerminal && this.#moving !== '') this.output.write('\n');
    this.#moving = '';
  }

  /** @param {string} text */
  #line(text) {
    this.settle();
    this.output.write(`${text}\n`);
  }

  /**
   * @param {string} style
   * @param {string} text
   */
  #styled(style, text) {
    return this.isTerminal ? `${style}${text}${RESET}` : text;
  }
}
