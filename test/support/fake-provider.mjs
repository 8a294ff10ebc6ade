// A provider as far as its start goes. What it does besides is told by FAKE_PROVIDER.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const play = process.env.FAKE_PROVIDER ?? 'socket';
if (process.env.TF_PLUGIN_MAGIC_COOKIE === undefined) {
  console.error('This is a plugin.');
  process.exit(1);
}
writeFileSync('environment.json', JSON.stringify(process.env));
if (play === 'crash') {
  console.error(`panic: no credentials like ${process.env.FAKE_SECRET}`);
  process.exit(2);
}
if (play === 'silent')
  await once(
    setInterval(() => undefined, 60_000),
    'never',
  );
if (play === 'chatter') {
  console.log('Hello, I am a provider.');
  await new Promise(() => setInterval(() => undefined, 60_000));
}
const places = {
  socket: [join(process.env.TMPDIR ?? '', `plugin${process.pid}`)],
  elsewhere: [join(process.env.HOME ?? '', `plugin${process.pid}`)],
  port: [0, '127.0.0.1'],
  everywhere: [0, '0.0.0.0'],
};
const server = createServer(() => {
  console.error(`panic: asked, and fell over ${process.env.FAKE_SECRET}`);
  process.exit(3);
});
await once(server.listen(...(places[play] ?? places.socket)), 'listening');
const address = server.address();
const at = typeof address === 'string' ? `unix|${address}` : `tcp|${address?.address}:${address?.port}`;
console.error('{"@level":"debug","@message":"plugin address"}');
console.log(`1|5|${at}|grpc|`);
