import { createInterface } from 'node:readline';

/** The first line of a stream, without its line end; empty when the stream is. */
export async function readFirstLine(stream: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
  }
}
