import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const SHOWN_LINES = 14;
const STEP_LIMIT_MS = 120_000;
/* eslint-disable no-control-regex */
const TO_COLUMN = /\x1b\[\d*G/;
const CODES = /\x1b\[[0-9;?]*[A-Za-z]/g;
/* eslint-enable no-control-regex */

/** Somebody at a terminal: what is waited for, and what is typed then. */
type Talk = readonly (readonly [after: string, typed: string])[];

export interface Place {
  environment: NodeJS.ProcessEnv;
  directory: string;
}

interface Step {
  /** On standard input, which ends after it. */
  input?: string;
  /** Instead of that: at a terminal, word for word. */
  talk?: Talk;
  /** 0 unless it is meant to be another. */
  exitCode?: number;
  /** Leave nothing out of the transcript; of what somebody typed at a terminal nothing ever is. */
  isWhole?: boolean;
}

/** Commands of the runbook, one after the other as an operator types them, and what they said. */
export class Walkthrough {
  private readonly lines: string[] = [];

  get transcript(): string {
    return `${this.lines.join('\n')}\n`;
  }

  chapter(title: string): void {
    this.lines.push('', `# ${title}`, '');
  }

  note(text: string): void {
    this.lines.push(`  (${text})`);
  }

  /** What somebody else ran, and what it has said by now. */
  container(line: string, log: string): void {
    this.lines.push(`$ ${line}`, ...shortened(log, SHOWN_LINES));
  }

  request(line: string, answer: string): void {
    this.lines.push(`> ${line}`, `  ${answer}`);
  }

  /** What the command printed, both outputs as one. Throws with it when it ends with another exit code than expected. */
  async run(line: string, { environment, directory }: Place, step: Step = {}): Promise<string> {
    const { input = '', talk, exitCode = 0, isWhole = talk !== undefined } = step;
    // `script` gives a terminal to what has none here, and ends with the exit code of the command.
    const [program, ...words] = talk
      ? (['script', '--quiet', '--return', '--command', line, '/dev/null'] as const)
      : (['/bin/sh', '-c', `exec 2>&1; ${line}`] as const);
    const child = spawn(program, words, { cwd: directory, env: environment, timeout: STEP_LIMIT_MS });
    const waiting = [...(talk ?? [])];
    let output = '';
    let heard = 0;
    const hear = (chunk: Buffer): void => {
      output += chunk.toString();
      const [next] = waiting;
      const at = next === undefined ? -1 : output.indexOf(next[0], heard);
      if (next === undefined || at < 0) return;
      heard = output.length;
      waiting.shift();
      child.stdin.write(next[1]);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const closed = once(child, 'close') as Promise<[number | null]>;
    if (!talk) child.stdin.end(input);
    const [code] = await closed;
    const text = plain(output);
    this.lines.push(
      `$ ${line}`,
      ...shortened(text, isWhole ? Infinity : SHOWN_LINES),
      ...(exitCode === 0 ? [] : [`  [exit code ${String(code)}]`]),
    );
    if (code !== exitCode || waiting.length > 0)
      throw new Error(`"${line}" ended with ${String(code)}, expected was ${exitCode}:\n${text}\n${this.transcript}`);
    return text;
  }

  save(path: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, this.transcript);
  }
}

/** As it looks at the end: without what only a terminal understands, and of a line written anew only the last. */
function plain(output: string): string {
  const lines = output.replaceAll('\r', '').split('\n');
  return lines
    .map((line) => (line.split(TO_COLUMN).findLast((part) => part !== '') ?? '').replace(CODES, ''))
    .join('\n');
}

function shortened(text: string, shown: number): string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length <= shown) return lines.map((line) => `  ${line}`);
  const half = shown / 2;
  const between = `... ${lines.length - shown} lines ...`;
  return [...lines.slice(0, half), between, ...lines.slice(-half)].map((line) => `  ${line}`);
}
