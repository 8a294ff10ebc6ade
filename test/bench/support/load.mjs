import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const GENERATOR = fileURLToPath(new URL('load-generator.mjs', import.meta.url));
const WARMUP_SECONDS = 1;

/** Numbers in paths are never used twice, so that a request that must be new is new in every round. */
let usedNumbers = 1;

/**
 * Load on a server for some seconds: requests per second, and the median and 99th percentile of latencies in
 * milliseconds. An answer other than 200 fails the benchmark: speed at failing says nothing.
 */
export async function load({ url, requests, concurrency, seconds }) {
  const { hostname, port } = new URL(url);
  const job = { host: hostname, port, requests, concurrency, seconds, warmupSeconds: WARMUP_SECONDS };
  const generator = spawn(process.execPath, [GENERATOR], { stdio: ['pipe', 'pipe', 'inherit'] });
  generator.stdin.end(JSON.stringify({ ...job, firstNumber: usedNumbers }));
  const [output, [code]] = await Promise.all([text(generator.stdout), once(generator, 'exit')]);
  if (code !== 0) throw new Error(`The load generator for ${requests[0].path} ended with exit code ${code}.`);
  const { statuses, ...result } = JSON.parse(output);
  const { 200: succeeded = 0, ...others } = statuses;
  if (Object.keys(others).length > 0)
    throw new Error(`${requests[0].path} answered ${JSON.stringify(others)} besides 200`);
  usedNumbers += succeeded + concurrency;
  return { ...result, succeeded };
}
