/** Bytes as characters of the same number, so that nothing is lost when text is cut anywhere. */
const BYTES = 'latin1';

/**
 * What a command printed, out of everything a session prints: banners stand before the first mark and behind the second.
 * Give it the pieces as they come; `take` gives what is certain to be output. Where the terminal of the session puts a
 * return before every line end, as the first mark shows, these are taken out again.
 */
export class MarkedOutput {
  private readonly begin: RegExp;
  private readonly end: RegExp;
  /** As long as the mark of the end can be, which must not be taken for output while it is not complete. */
  private readonly held: number;
  private text = '';
  private hasBegun = false;
  private hasReturns = false;
  /** A return that may belong to the line end of the next piece. */
  private carried = '';
  /** Whether the line end of the first mark is still to be left out. */
  private isFirst = true;
  private code: number | null = null;

  constructor(nonce: string) {
    this.begin = new RegExp(`\nps-begin-${nonce}(\r?)\n`);
    this.end = new RegExp(`\nps-end-${nonce} (\\d{1,3})\n`);
    this.held = `\nps-end-${nonce} 255\n`.length;
  }

  /** The exit code; null while the mark of the end has not come. */
  get exitCode(): number | null {
    return this.code;
  }

  get isBegun(): boolean {
    return this.hasBegun;
  }

  take(chunk: Buffer): Buffer {
    if (this.code !== null) return Buffer.alloc(0);
    if (this.hasBegun) this.text += this.withoutReturns(chunk.toString(BYTES));
    else if (!this.isBegunWith(chunk)) return Buffer.alloc(0);
    const found = this.end.exec(this.text);
    if (found) {
      this.code = Number(found[1]);
      return this.given(this.text.slice(0, found.index));
    }
    const certain = this.text.length - this.held;
    if (certain <= 0) return Buffer.alloc(0);
    const output = this.text.slice(0, certain);
    this.text = this.text.slice(certain);
    return this.given(output);
  }

  /** What is left when the session ended without the mark of the end. */
  rest(): Buffer {
    const left = this.hasBegun && this.code === null ? this.given(this.text + this.carried) : Buffer.alloc(0);
    this.text = '';
    return left;
  }

  private isBegunWith(chunk: Buffer): boolean {
    this.text += chunk.toString(BYTES);
    const found = this.begin.exec(this.text);
    if (!found) return false;
    this.hasBegun = true;
    this.hasReturns = found[1] !== '';
    // The line end of this mark is that of the mark of the end when there is no output.
    this.text = `\n${this.withoutReturns(this.text.slice(found.index + found[0].length))}`;
    return true;
  }

  private withoutReturns(piece: string): string {
    if (!this.hasReturns) return piece;
    const text = this.carried + piece;
    this.carried = text.endsWith('\r') ? '\r' : '';
    return text.slice(0, text.length - this.carried.length).replaceAll('\r\n', '\n');
  }

  private given(output: string): Buffer {
    if (output === '') return Buffer.alloc(0);
    const own = this.isFirst ? output.slice(1) : output;
    this.isFirst = false;
    return Buffer.from(own, BYTES);
  }
}
