// A provider that listens on a Unix socket in its temporary directory, as true ones do, and passes everything on to one
// that listens on a port: node socket-provider.mjs <program> [arguments]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [program = '', ...argv] = process.argv.slice(2);
// True providers ignore it, too: Terraform tells them itself when to stop.
process.on('SIGINT', () => undefined);
const provider = spawn(program, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
provider.once('exit', (code) => process.exit(code ?? 1));

const [handshake] = await once(createInterface(provider.stdout), 'line');
const [core, version, , address = '', ...more] = String(handshake).split('|');
const socket = join(process.env.TMPDIR ?? '/tmp', `plugin${process.pid}`);
const port = Number(address.split(':').at(-1));
const server = createServer((client) => {
  const upstream = connect(port, '127.0.0.1');
  client.on('error', () => upstream.destroy()).pipe(upstream);
  upstream.on('error', () => client.destroy()).pipe(client);
});
await once(server.listen(socket), 'listening');
console.log([core, version, 'unix', socket, ...more].join('|'));
