/**
 * Plays a terraform whose every step a test has written down. Arguments: the directory of the play, then terraform's own.
 * `play.json` there holds the steps by subcommand; every call is noted in `calls.jsonl` with its arguments and environment.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const [directory, subcommand, ...options] = process.argv.slice(2);
const play = JSON.parse(readFileSync(join(directory, 'play.json'), 'utf8'));

const print = (event) => {
  const { level = 'info', message = event.type, ...rest } = event;
  process.stdout.write(
    `${JSON.stringify({ '@level': level, '@message': message, '@timestamp': new Date().toISOString(), ...rest })}\n`,
  );
};

const STEPS = {
  /** One event in terraform's envelope. */
  event: print,
  /** Bytes as they are, base64 encoded. */
  raw: (base64) => process.stdout.write(Buffer.from(base64, 'base64')),
  stderr: (text) => process.stderr.write(text),
  /** That many bytes in lines of a hundred, at the speed of the pipe. */
  flood: (bytes) => {
    const line = `${'f'.repeat(99)}\n`.repeat(1000);
    for (let written = 0; written < bytes; written += line.length) process.stdout.write(line);
  },
  write: ({ path, text }) => writeFileSync(path, text),
  /** Goes on when the file is there, or never. */
  waitFor: async (path) => {
    while (!existsSync(path)) await delay(10);
  },
  ignoreInterrupts: () => process.on('SIGINT', () => appendFileSync(join(directory, 'interrupts'), 'INT\n')),
  /** Stops in good order, with these steps. */
  onInterrupt: (steps) =>
    process.on('SIGINT', () => {
      appendFileSync(join(directory, 'interrupts'), 'INT\n');
      void perform(steps);
    }),
  /** Leaves a process behind that does not care about anything but SIGKILL. */
  leaveBehind: () => {
    const child = spawn('/bin/sh', ['-c', "trap '' INT TERM HUP; while :; do sleep 1; done"], { stdio: 'ignore' });
    writeFileSync(join(directory, 'left-behind'), String(child.pid));
    child.unref();
  },
  kill: (signal) => process.kill(process.pid, signal),
  savePlan: () => writeFileSync(options.find((option) => option.startsWith('-out=')).slice(5), 'a plan in clear'),
  exit: (code) => process.exit(code),
};

async function perform(steps) {
  for (const step of steps) for (const [name, value] of Object.entries(step)) await STEPS[name](value);
}

if (subcommand !== 'version') {
  const call = { subcommand, options, environment: process.env, cwd: process.cwd(), pid: process.pid };
  appendFileSync(join(directory, 'calls.jsonl'), `${JSON.stringify(call)}\n`);
}
await perform(play[subcommand] ?? []);
