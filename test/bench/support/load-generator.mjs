import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { percentile } from './statistics.mjs';

/**
 * Keeps a number of HTTP requests in flight, each on a connection of its own, and measures how long each takes. It
 * writes prepared bytes to plain sockets and looks at nothing but status and length of an answer: generator and server
 * share the machine, so what the one takes is missing to the other.
 *
 * A process of its own. Reads one job as JSON from its input, writes one result as JSON to its output.
 */
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;
const EMPTY = Buffer.alloc(0);

const job = JSON.parse(await text(process.stdin));
const nextRequest = requestSource(job);
const latencies = [];
const statuses = {};
const begin = performance.now();
const measureFrom = begin + job.warmupSeconds * 1000;
const end = measureFrom + job.seconds * 1000;

await Promise.all(Array.from({ length: job.concurrency }, () => drive(nextRequest)));
if (latencies.length === 0) throw new Error(`Not one answer came within ${job.seconds} s; the machine is too busy.`);
process.stdout.write(
  JSON.stringify({
    requestsPerSecond: latencies.length / job.seconds,
    p50: percentile(latencies, 50),
    p99: percentile(latencies, 99),
    statuses,
  }),
);

/** The requests in turn; `{n}` in a path becomes a number that no other request of the job has. */
function requestSource({ requests, host, port, firstNumber }) {
  const texts = requests.map(({ method, path, headers = {}, body = '' }) => {
    const lines = Object.entries({ host: `${host}:${port}`, ...headers, 'content-length': Buffer.byteLength(body) });
    return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
  });
  let count = 0;
  return () => {
    const request = texts[count % texts.length].replace('{n}', String(firstNumber + count));
    count++;
    return request;
  };
}

/** One connection, one request after the other, until the time is over. */
function drive(source) {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: job.host, port: job.port, noDelay: true });
    let received = EMPTY;
    let sentAt = 0;
    const send = () => {
      sentAt = performance.now();
      socket.write(source());
    };
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('The server closed the connection.')));
    socket.on('data', (chunk) => {
      received = received === EMPTY ? chunk : Buffer.concat([received, chunk]);
      const status = statusOfWhole(received);
      if (status === null) return;
      received = EMPTY;
      const now = performance.now();
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (now >= measureFrom && now <= end) latencies.push(now - sentAt);
      if (now < end) {
        send();
        return;
      }
      socket.removeAllListeners('close');
      socket.destroy();
      resolve();
    });
  });
}

/** The status, once the answer is complete. */
function statusOfWhole(received) {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const head = received.latin1Slice(0, headEnd);
  const length = CONTENT_LENGTH.exec(head);
  if (!length) throw new Error(`An answer without a content length cannot be measured here:\n${head}`);
  return received.length < headEnd + 4 + Number(length[1]) ? null : head.slice(9, 12);
}
