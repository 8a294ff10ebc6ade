import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { LineReader, type OutputLine } from './line-reader.js';

const KIB = 1024;

describe('LineReader', () => {
  let directory: string;
  let path: string;
  let reader: LineReader;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ps-lines-'));
    path = join(directory, 'output');
    reader = new LineReader(path);
  });
  afterEach(async () => {
    await reader.close();
    rmSync(directory, { recursive: true });
  });

  const readAll = async (from = reader): Promise<OutputLine[]> => {
    const all: OutputLine[] = [];
    for (let lines = await from.read(); lines.length > 0; lines = await from.read()) all.push(...lines);
    return all;
  };
  const texts = (lines: OutputLine[]): string[] => lines.map(({ text }) => text);

  it('has nothing to say of a file that does not exist yet, and reads it once it does', async () => {
    expect(await reader.read()).toEqual([]);
    writeFileSync(path, 'first\n');
    expect(texts(await reader.read())).toEqual(['first']);
  });

  it('gives a line when its end is there, and the rest only when asked for', async () => {
    writeFileSync(path, 'one\ntw');
    expect(texts(await readAll())).toEqual(['one']);
    appendFileSync(path, 'o\nthr');
    expect(texts(await readAll())).toEqual(['two']);
    appendFileSync(path, 'ee');
    expect(await readAll()).toEqual([]);
    expect(reader.rest()).toEqual([{ text: 'three', end: 13, isCut: false }]);
    expect(reader.rest()).toEqual([]);
  });

  it('puts a character together again that was written in two halves', async () => {
    const bytes = Buffer.from('größe 😀\n');
    for (let cut = 1; cut < bytes.length; cut++) {
      writeFileSync(path, bytes.subarray(0, cut));
      const cutReader = new LineReader(path);
      expect(await cutReader.read()).toEqual([]);
      appendFileSync(path, bytes.subarray(cut));
      expect(texts(await cutReader.read())).toEqual(['größe 😀']);
      await cutReader.close();
    }
  });

  it('reads the same lines wherever the writes are cut, and each end is where its line ends', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'é', '😀', ' ', '{', '"') });
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat()), async (lines, cuts) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        writeFileSync(path, '');
        const cutReader = new LineReader(path);
        const seen: OutputLine[] = [];
        const places = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
        for (const [index, place] of [...places, bytes.length].entries()) {
          appendFileSync(path, bytes.subarray(places[index - 1] ?? 0, place));
          seen.push(...(await readAll(cutReader)));
        }
        await cutReader.close();
        expect(texts(seen)).toEqual(lines.filter((text) => text.trim() !== ''));
        for (const { text, end } of seen) expect(bytes.subarray(0, end).toString()).toMatch(endsWith(text));
      }),
      { numRuns: 50 },
    );
  });

  it('cuts a line of megabytes, says so, and goes on after it', async () => {
    writeFileSync(path, `${'x'.repeat(3_000 * KIB)}\nafter\n`);
    const [huge, after] = await readAll();
    expect(huge).toMatchObject({ isCut: true, end: 3_000 * KIB + 1 });
    expect(huge!.text).toHaveLength(256 * KIB);
    expect(after).toMatchObject({ text: 'after', isCut: false });
  });

  it('finds the line behind more blank ones than fit into one read', async () => {
    writeFileSync(path, `${'\n'.repeat(600 * KIB)}after\n`);
    expect(texts(await readAll())).toEqual(['after']);
  });

  it('survives bytes that are no text', async () => {
    writeFileSync(path, Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x41, 0x0a]));
    expect(texts(await readAll())).toEqual(['\uFFFD\uFFFD\u0000', 'A']);
  });
});

function endsWith(text: string): RegExp {
  return new RegExp(`${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\n$`);
}
