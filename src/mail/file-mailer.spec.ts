import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { SystemClock } from '../common/clock/clock.js';
import { loadConfig } from '../config/app-config.js';
import { FileMailer } from './file-mailer.js';
import { type Mail } from './mail.types.js';

const LINK = 'https://ps.example.org/accounts/verify-email#secret';
const MAIL: Mail = { kind: 'verify_address', to: 'ann@example.org', subject: 'Hello', text: `Open\n\n${LINK}\n` };

describe('FileMailer', () => {
  let directory: string;
  let logged: string[];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ps-mail-'));
    logged = [];
    Logger.overrideLogger({
      log: (message: string) => logged.push(message),
      warn: () => undefined,
      error: () => undefined,
    });
  });
  afterEach(() => {
    Logger.overrideLogger(false);
    rmSync(directory, { recursive: true });
  });

  const send = (environment: NodeJS.ProcessEnv): Promise<string> =>
    new FileMailer(loadConfig({ PS_DATA_DIRECTORY: directory, ...environment }), new SystemClock()).send(MAIL);

  it('writes each mail to a file of its own that only the owner reads, and logs the link', async () => {
    const name = await send({});
    await send({});
    expect(readdirSync(join(directory, 'mail'))).toHaveLength(2);
    const path = join(directory, 'mail', name);
    expect(readFileSync(path, 'utf8')).toContain(`To: ann@example.org\nSubject: Hello\n\nOpen\n\n${LINK}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(logged[0]).toContain('To ann@example.org: Hello');
    expect(logged[0]).toContain(LINK);
  });

  it('logs no link in production', async () => {
    await send({
      PS_ENVIRONMENT: 'production',
      PS_DATABASE_URL: 'postgres://u:p@h/d',
      PS_JWT_SECRET: 'x'.repeat(32),
      PS_STATE_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
      PS_MAIL_TRANSPORT: 'file',
      PS_PUBLIC_URL: 'https://ps.example.org',
    });
    expect(logged[0]).toContain('Hello');
    expect(logged[0]).not.toContain('secret');
  });
});
