// Stands for session-manager-plugin: checks how it is called, then plays the agent in the container by running the
// command of the session on this machine, behind a pseudo banner and with the line ends of a terminal.
import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';

const [settingsFile, ...given] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(settingsFile, 'utf8'));

if (given[0] === '--version') {
  console.log(settings.version);
  process.exit(0);
}

appendFileSync(settings.record, `${JSON.stringify({ arguments: given, environment: process.env })}\n`);

/** Splits as the agent does: quotes and backslashes as in a shell, and nothing else of one. */
function split(line) {
  const words = [];
  let word = null;
  for (let at = 0; at < line.length; at += 1) {
    const one = line[at];
    if (one === "'") {
      const end = line.indexOf("'", at + 1);
      if (end < 0) throw new Error('a quote is open');
      word = (word ?? '') + line.slice(at + 1, end);
      at = end;
    } else if (one === '\\') word = (word ?? '') + line[(at += 1)];
    else if (/\s/.test(one)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + one;
  }
  return word === null ? words : [...words, word];
}

const terminal = (text) => (settings.hasReturns ? text.replaceAll('\n', '\r\n') : text);
const write = (text) => process.stdout.write(Buffer.from(terminal(text), 'latin1'));

// At a terminal whoever sits there talks to the program itself.
if (process.stdin.isTTY) {
  const [file, ...words] = split(readFileSync(settings.command, 'utf8'));
  const child = spawn(file, words, {
    stdio: 'inherit',
    env: { PATH: settings.path, TERM: process.env.TERM, ...settings.remoteEnvironment },
  });
  child.on('close', () => process.exit(0));
} else playPiped();

function playPiped() {
  // The real one gives up when nobody can type any more.
  process.stdin.on('end', () => {
    write('\nCannot perform start session: EOF\n');
    process.exit(0);
  });
  process.stdin.resume();

  write('\nThe Session Manager plugin was installed successfully. Use the AWS CLI to start a session.\n');
  write('\nStarting session with SessionId: ecs-execute-command-0abc\n');
  if (settings.ending === 'cannot connect') {
    write('\nCannot perform start session: dial tcp: lookup ssmmessages: no such host\n');
    process.exit(0);
  }
  if (settings.ending === 'hangs') setInterval(() => {}, 1000);
  else {
    const [file, ...words] = split(readFileSync(settings.command, 'utf8'));
    // A terminal has one stream for both outputs.
    const child = spawn('/bin/sh', ['-c', 'exec "$@" 2>&1', 'sh', file, ...words], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
      env: { PATH: settings.path, ...settings.remoteEnvironment },
    });
    child.stdout.on('data', (chunk) => write(chunk.toString('latin1')));
    child.on('close', () => {
      if (settings.ending !== 'breaks off') write('\n\nExiting session with sessionId: ecs-execute-command-0abc.\n\n');
      // Whatever happened: it never says.
      process.exit(0);
    });
    const breakOff = (chunk) => {
      if (!chunk.includes('last words')) return;
      child.stdout.off('data', breakOff);
      process.kill(-child.pid, 'SIGKILL');
    };
    if (settings.ending === 'breaks off') child.stdout.on('data', breakOff);
  }
}
