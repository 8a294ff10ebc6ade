import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const SAMPLE_MS = 1_000;
const KIBIBYTE = 1024;

/**
 * Does the work and looks once a second at the resident memory of a process and of all that descends from it: what the
 * work resolves with, and the peaks in MB. Memory that processes share counts for each of them.
 */
export async function memoryDuring(pid, work) {
  const peaks = { ownMb: 0, treeMb: 0 };
  let isDone = false;
  const working = work().finally(() => {
    isDone = true;
  });
  const [result] = await Promise.all([working, watch(pid, peaks, () => isDone)]);
  return { result, peaks };
}

async function watch(pid, peaks, isDone) {
  while (!isDone()) {
    const { ownMb, treeMb } = await memoryOfTree(pid);
    peaks.ownMb = Math.max(peaks.ownMb, ownMb);
    peaks.treeMb = Math.max(peaks.treeMb, treeMb);
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
  }
}

async function memoryOfTree(root) {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,rss=']);
  const processes = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid, parent, rss]) => ({ pid, parent, megabytes: (rss * KIBIBYTE) / 1e6 }));
  const own = processes.find(({ pid }) => pid === root);
  if (!own) throw new Error(`Process ${root} is gone, so its memory cannot be watched.`);
  const descendants = (pid) =>
    processes.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...descendants(child.pid)]);
  const treeMb = [own, ...descendants(root)].reduce((total, { megabytes }) => total + megabytes, 0);
  return { ownMb: own.megabytes, treeMb };
}
