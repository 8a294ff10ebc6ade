import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../config/app-config.js';
import { type Mail } from './mail.types.js';
import { SesMailer } from './ses-mailer.js';

const MAIL: Mail = { kind: 'verify_address', to: 'ann@example.org', subject: '[Lab] Grüße', text: 'Hello\n' };

interface SesRequest {
  path: string;
  authorization: string;
  body: unknown;
}

describe('SesMailer', () => {
  const environment = { ...process.env };
  let directory: string;
  let server: Server;
  let requests: SesRequest[];
  let answer: { status: number; body: unknown } | null;
  let mailer: SesMailer;

  beforeEach(async () => {
    requests = [];
    answer = { status: 200, body: { MessageId: 'ses-1' } };
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        const { authorization = '' } = request.headers;
        requests.push({ path: request.url ?? '', authorization, body: JSON.parse(text) });
        if (!answer) return;
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
    directory = mkdtempSync(join(tmpdir(), 'ps-ses-'));
    mailer = mailerWithin('30');
  });
  afterEach(() => {
    mailer.onApplicationShutdown();
    server.closeAllConnections();
    server.close();
    process.env = { ...environment };
    rmSync(directory, { recursive: true });
  });

  const mailerWithin = (seconds: string): SesMailer =>
    new SesMailer(
      loadConfig({
        PS_DATA_DIRECTORY: directory,
        PS_MAIL_FROM: 'Lab <lab@example.org>',
        PS_MAIL_SES_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        PS_MAIL_TIMEOUT_SECONDS: seconds,
      }),
    );

  it('hands a text mail over and tells its id', async () => {
    await expect(mailer.send(MAIL)).resolves.toBe('ses-1');
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      path: '/v2/email/outbound-emails',
      authorization: expect.stringContaining('/us-west-2/ses/') as string,
      body: {
        FromEmailAddress: 'Lab <lab@example.org>',
        Destination: { ToAddresses: ['ann@example.org'] },
        Content: { Simple: { Subject: { Data: '[Lab] Grüße' }, Body: { Text: { Data: 'Hello\n' } } } },
      },
    });
  });

  it('asks once and fails when SES says no, so that the outbox decides', async () => {
    answer = { status: 429, body: { __type: 'TooManyRequestsException', message: 'slow down' } };
    await expect(mailer.send(MAIL)).rejects.toThrow('slow down');
    expect(requests).toHaveLength(1);
  });

  it('does not wait for a silent SES longer than configured', async () => {
    answer = null;
    mailer = mailerWithin('0.2');
    await expect(mailer.send(MAIL)).rejects.toThrow(/abort/i);
  });
});
