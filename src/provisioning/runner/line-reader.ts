import { type FileHandle, open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { hasErrorCode } from '../../common/errors/domain-error.js';

export interface OutputLine {
  text: string;
  /** Offset of the byte after the line, where reading may resume. */
  end: number;
  /** True when the line was too long and `text` is only its beginning. */
  isCut: boolean;
}

const CHUNK_BYTES = 256 * 1024;
/** A longer line is cut; Terraform's own events are far below. */
const MAX_LINE_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** Reads a growing file by whole lines. */
export class LineReader {
  private handle: FileHandle | null = null;
  /** One for all reads: a new one for each line of a slow command kept the garbage collector busy. */
  private chunk: Buffer | null = null;
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private isCut = false;
  private offset = 0;

  constructor(private readonly path: string) {}

  /** The complete lines that were written since the last call, up to one chunk. Empty when there is nothing new. */
  async read(): Promise<OutputLine[]> {
    const handle = await this.open();
    if (!handle) return [];
    const chunk = (this.chunk ??= Buffer.allocUnsafe(CHUNK_BYTES));
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, this.offset);
      const lines = this.split(chunk.subarray(0, bytesRead));
      // A full chunk without a line is the inside of a huge one, or blank lines; the next chunk may have one.
      if (lines.length > 0 || bytesRead < CHUNK_BYTES) return lines;
    }
  }

  /** What is left after the last newline, once nothing will be written any more. */
  rest(): OutputLine[] {
    return [this.take(this.offset)].filter(isNotBlank);
  }

  async close(): Promise<void> {
    await this.handle?.close();
    this.handle = null;
  }

  private async open(): Promise<FileHandle | null> {
    try {
      return (this.handle ??= await open(this.path, 'r'));
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) return null;
      throw error;
    }
  }

  private split(chunk: Buffer): OutputLine[] {
    const lines: OutputLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.keep(chunk.subarray(start, end));
      lines.push(this.take(this.offset + end + 1));
      start = end + 1;
    }
    this.keep(chunk.subarray(start));
    this.offset += chunk.length;
    return lines.filter(isNotBlank);
  }

  private keep(bytes: Buffer): void {
    const kept = bytes.subarray(0, MAX_LINE_BYTES - this.pendingBytes);
    if (kept.length < bytes.length) this.isCut = true;
    if (kept.length === 0) return;
    this.pending.push(Buffer.from(kept));
    this.pendingBytes += kept.length;
  }

  private take(end: number): OutputLine {
    const decoder = new StringDecoder('utf8');
    const text = decoder.write(Buffer.concat(this.pending));
    const isCut = this.isCut;
    this.pending = [];
    this.pendingBytes = 0;
    this.isCut = false;
    return { text, end, isCut };
  }
}

function isNotBlank({ text }: OutputLine): boolean {
  return text.trim() !== '';
}
