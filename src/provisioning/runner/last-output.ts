import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { hasErrorCode } from '../../common/errors/domain-error.js';
import { type Redactor } from '../logs/redactor.js';

/** Of what a process wrote, how much is looked at, and how much is told; the end says why it failed. */
const READ_BYTES = 64 * 1024;
const TOLD_CHARACTERS = 8_000;

/** The end of a file a process wrote to, without secrets, and how many bytes it has in all; empty if it is not there. */
export function lastOutput(path: string, redactor: Redactor): { text: string; size: number } {
  const { text, size } = readTail(path, READ_BYTES);
  // Redacted before it is cut: half of a secret would not be found.
  const redacted = size > READ_BYTES ? redactor.withoutCutStart(text) : redactor.text(text);
  return { text: redacted.trim().slice(-TOLD_CHARACTERS), size };
}

/** The last bytes of a file and its whole size; a file that is not there is empty. */
function readTail(path: string, bytes: number): { text: string; size: number } {
  const file = openIfExists(path);
  if (file === null) return { text: '', size: 0 };
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(bytes, size));
    const read = readSync(file, tail, 0, tail.length, size - tail.length);
    return { text: tail.subarray(0, read).toString('utf8'), size };
  } finally {
    closeSync(file);
  }
}

function openIfExists(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}
