import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describeWhere } from '../../../../test/support/describe-where.js';
import { MarkedOutput } from './marked-output.js';
import { markedCommand, quoted } from './remote-command.js';

/** What an argument can hold: anything but the byte that ends it. */
const word = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom("'", '"', '\\', '$', '`', ' ', '\n', '\t', '*', '#', '-', '=', 'a', ';', '&', '(', '!'),
    }),
  )
  .map((text) => text.replaceAll('\0', ''));

/** Splits as the agent in the container does, which knows quotes and backslashes and no variables. */
function split(line: string): string[] {
  const words = [...line.matchAll(/(?:'[^']*'|\\[^])+/g)].map(([text]) => text);
  return words.map((text) =>
    text.replaceAll(/'([^']*)'|\\([^])/g, (_, inside?: string, escaped?: string) => inside ?? escaped ?? ''),
  );
}

describe('quoted', () => {
  it('gives a shell, and the agent, one word as it was', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (words) => {
        const line = words.map(quoted).join(' ');
        expect(split(line)).toEqual(words);
        const { stdout } = spawnSync('/bin/sh', ['-c', `printf '%s\\0' ${line}`]);
        expect(stdout.toString()).toBe(words.map((text) => `${Buffer.from(text).toString()}\0`).join(''));
      }),
      { numRuns: 100 },
    );
  });
});

describe('markedCommand', () => {
  it('hands every word to the command, says its exit code, and its output is found again', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), fc.integer({ min: 0, max: 255 }), (words, code) => {
        const program = [
          '/bin/sh',
          '-c',
          'code=$1; shift; for one; do printf "%s\\0" "$one"; done; exit "$code"',
          'x',
          String(code),
        ];
        const [file = '', ...rest] = split(markedCommand('0a1b', 'root', [...program, ...words]));
        const { stdout } = spawnSync(file, rest);
        const output = new MarkedOutput('0a1b');
        const text = Buffer.concat([
          output.take(Buffer.from('banner\n')),
          output.take(stdout),
          output.take(Buffer.from('bye\n')),
        ]);
        expect(output.exitCode).toBe(code);
        expect(text.toString()).toBe(words.map((one) => `${Buffer.from(one).toString()}\0`).join(''));
      }),
      { numRuns: 100 },
    );
  });
});

describeWhere(process.getuid?.() === 0, 'this is not root')('as another user', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'ps-su-'))));
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  /** Of the programs of this machine only these. */
  function onlyWith(...names: string[]): string {
    chmodSync(directory, 0o755);
    for (const name of names) {
      const path = execFileSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).trim();
      symlinkSync(path, join(directory, name));
    }
    return directory;
  }

  it.each(['setpriv', 'su'])('runs what it is told, word by word, with the variables of the container: %s', (by) => {
    const PATH = onlyWith('sh', 'id', 'getent', 'cut', by);
    const words = ["it's", '-c', '--', '$HOME', ''];
    const program = [
      'sh',
      '-c',
      'id -un; echo "$PS_KEPT"; for one; do printf "%s|" "$one"; done; exit 9',
      'x',
      ...words,
    ];
    const [file = '', ...rest] = split(markedCommand('0a1b', 'nobody', program));
    const { stdout } = spawnSync(file, rest, { env: { PATH, PS_KEPT: 'kept' } });
    const output = new MarkedOutput('0a1b');
    expect(output.take(stdout).toString()).toBe(`nobody\nkept\n${words.join('|')}|`);
    expect(output.exitCode).toBe(9);
  });
});

describe('MarkedOutput', () => {
  const bytes = fc.array(fc.constantFrom(...Buffer.from('\r\nab\0\xffps-end-0a1b 0', 'latin1')), { maxLength: 200 });

  it('finds the output whole, in whatever pieces it comes and whatever the terminal does to line ends', () => {
    fc.assert(
      fc.property(
        bytes,
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (content, hasReturns, sizes) => {
          const body = Buffer.from(content).toString('latin1');
          fc.pre(!/\nps-end-0a1b \d{1,3}\n/.test(`\n${body}\n`));
          const plain = `\nps-begin-0a1b\n${body}\nps-end-0a1b 42\n`;
          const shown = `hello\n${hasReturns ? plain.replaceAll('\n', '\r\n') : plain}bye\n`;
          const output = new MarkedOutput('0a1b');
          const found: Buffer[] = [];
          for (let at = 0, turn = 0; at < shown.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1;
            found.push(output.take(Buffer.from(shown.slice(at, at + size), 'latin1')));
            at += size;
          }
          expect(Buffer.concat(found).toString('latin1')).toBe(body);
          expect(output.exitCode).toBe(42);
          expect(output.rest()).toHaveLength(0);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('gives what there is when the end never comes', () => {
    const output = new MarkedOutput('0a1b');
    const taken = output.take(Buffer.from('\nps-begin-0a1b\nhalf of it'));
    expect(Buffer.concat([taken, output.rest()]).toString()).toBe('half of it');
    expect(output.exitCode).toBeNull();
    expect(new MarkedOutput('0a1b').rest()).toHaveLength(0);
  });
});
