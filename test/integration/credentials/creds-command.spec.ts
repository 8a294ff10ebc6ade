import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplicationContext } from '@nestjs/common';
import { readProfile } from '../../../src/credentials/profiles/credentials-text.js';
import { FakeSts } from '../../support/fake-sts.js';
import { type Outcome, psctlIn } from '../../support/psctl-in-process.js';

const KEYS = 'aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = never-shown-again\n';
const LONG_TERM = `# my own\n[me]\n${KEYS}`;
const SERIAL = 'arn:aws:iam::123456789012:mfa/ann';
/** Commands of this kind open no services. */
const NO_SERVICES = { get: () => undefined } as unknown as INestApplicationContext;

describe('psctl creds', () => {
  const before = { ...process.env };
  let sts: FakeSts;
  let directory: string;
  let file: string;
  beforeEach(async () => {
    sts = await FakeSts.start();
    directory = mkdtempSync(join(tmpdir(), 'ps-creds-'));
    file = join(directory, 'credentials');
    for (const name of Object.keys(process.env)) if (/^(AWS|PS)_/.test(name)) Reflect.deleteProperty(process.env, name);
    const aws = { AWS_ENDPOINT_URL: sts.endpoint, AWS_SHARED_CREDENTIALS_FILE: file, AWS_REGION: 'us-west-2' };
    Object.assign(process.env, aws, { AWS_CONFIG_FILE: '/dev/null', AWS_EC2_METADATA_DISABLED: 'true' });
    writeFileSync(file, LONG_TERM, { mode: 0o600 });
  });
  afterEach(async () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
    await sts.stop();
    rmSync(directory, { recursive: true });
  });

  const creds = (command: string, code = ''): Promise<Outcome> =>
    psctlIn(NO_SERVICES, ['creds', ...command.split(' ')], code === '' ? '' : `${code}\n`);
  const login = (more = '', code = '123456') =>
    creds(`login --code-stdin --json${more === '' ? '' : ` ${more}`}`, code);
  const text = () => readFileSync(file, 'utf8');
  const session = (profile = 'default') => readProfile(text(), profile);
  const json = ({ stdout }: Outcome) => JSON.parse(stdout) as Record<string, unknown>;

  describe('login', () => {
    it('writes a session beside the keys it was asked for with, for the code of the only device', async () => {
      const outcome = await login();
      expect(outcome.exitCode).toBe(0);
      expect(json(outcome)).toMatchObject({
        ...{ kind: 'session', profile: 'default', sourceProfile: 'me', mfaSerial: SERIAL, isReused: false },
        ...{ account: '123456789012', arn: 'arn:aws:iam::123456789012:user/ann', accessKeySuffix: '0001' },
      });
      expect(session()).toMatchObject({
        aws_session_token: 'fake-token-1',
        x_managed_by: 'psctl',
        x_mfa_serial: SERIAL,
      });
      expect(text().startsWith(LONG_TERM)).toBe(true);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(outcome.stdout).not.toMatch(/fake-secret|fake-token|never-shown|123456(?!789)/);
      const asked = sts.asked.find(({ action }) => action === 'GetSessionToken');
      expect(asked).toMatchObject({
        keyId: 'AKIAIOSFODNN7EXAMPLE',
        parameters: { SerialNumber: SERIAL, DurationSeconds: '43200' },
      });
    });

    it('asks for no code while the session lasts, unless it is forced', async () => {
      await login();
      expect(json(await login('', 'unasked'))).toMatchObject({ isReused: true });
      sts.code = '654321';
      expect(json(await login('--force', '654321'))).toMatchObject({ isReused: false, accessKeySuffix: '0002' });
    });

    it.each([
      ['wrong', '111111', 4, /wrong, or was used before.*Wait for the next one/],
      ['too short', '12345', 1, /exactly six digits\. It was not sent/],
      ['no code at all', '', 1, /exactly six digits/],
    ])('refuses a code that is %s, and leaves the file as it was', async (_, code, exitCode, message) => {
      const outcome = await login('', code);
      expect(outcome).toMatchObject({ exitCode, stdout: '' });
      expect(outcome.stderr).toMatch(message);
      expect(text()).toBe(LONG_TERM);
    });

    it('refuses a code that was used', async () => {
      await login();
      expect(await login('--force')).toMatchObject({ exitCode: 4 });
      expect(session()).toMatchObject({ aws_session_token: 'fake-token-1' });
    });

    it('never overwrites keys that do not expire, but moves them away when told to', async () => {
      writeFileSync(file, `[default]\n${KEYS}`, { mode: 0o600 });
      const refused = await login();
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toMatch(/cannot both be in \[default\].*--move-long-term-to/);
      expect(text()).toBe(`[default]\n${KEYS}`);
      expect(await login('--move-long-term-to me')).toMatchObject({ exitCode: 0 });
      expect(session('me')).toMatchObject({ aws_access_key_id: 'AKIAIOSFODNN7EXAMPLE' });
      expect(session()).toMatchObject({ aws_session_token: 'fake-token-1', x_source_profile: 'me' });
    });

    it('takes a role on as well', async () => {
      const role = '--role-arn arn:aws:iam::123456789012:role/deploy --role-profile deploy --external-id x';
      expect(await login(role)).toMatchObject({ exitCode: 0 });
      expect(session('deploy')).toMatchObject({ aws_session_token: 'fake-token-2', x_source_profile: 'default' });
      const asked = sts.asked.find(({ action }) => action === 'AssumeRole');
      expect(asked?.keyId).toBe('ASIAFAKE00000001');
      expect(asked?.parameters).toMatchObject({
        RoleSessionName: 'ps-server-ann',
        ExternalId: 'x',
        DurationSeconds: '3600',
      });
    });

    it('guesses the device of a user who may not list devices, and takes no passkey', async () => {
      sts.devices = null;
      expect(json(await login())).toMatchObject({ mfaSerial: SERIAL });
      sts.devices = ['arn:aws:iam::123456789012:u2f/user/ann/key'];
      sts.code = '123456';
      const passkey = await login('--force');
      expect(passkey.exitCode).toBe(253);
      expect(passkey.stderr).toMatch(/no device whose codes can be typed/);
      const named = await login('--force --serial arn:aws:iam::123456789012:u2f/user/ann/key');
      expect(named.stderr).toMatch(/passkey has no codes/);
    });

    it.each([
      ['InvalidClientTokenId', /does not know these keys/],
      ['SignatureDoesNotMatch', /secret key does not belong/],
      ['RegionDisabledException', /gives no sessions/],
      ['AccessDenied', /AWS refused/],
    ])('says what %s means', async (refusal, message) => {
      sts.refusal = refusal;
      const outcome = await login(`--serial ${SERIAL}`);
      expect(outcome.exitCode).toBe(1);
      expect(outcome.stderr).toMatch(message);
      expect(text()).toBe(LONG_TERM);
    });

    it('asks which profile when several have keys, and says so when none has', async () => {
      writeFileSync(file, `[me]\n${KEYS}[you]\n${KEYS}`, { mode: 0o600 });
      const several = await login();
      expect(several).toMatchObject({ exitCode: 253 });
      expect(several.stderr).toMatch(
        /several have: me, you\. Name it \(sourceProfile; on the command line --source-profile\)\./,
      );
      expect(await login('--source-profile you')).toMatchObject({ exitCode: 0 });
      writeFileSync(file, '', { mode: 0o600 });
      expect((await login()).stderr).toMatch(/none has/);
    });

    it.each(['899', '129601', 'long'])('takes no duration of %s', async (seconds) => {
      expect((await login(`--duration ${seconds}`)).stderr).toMatch(/from 900 to 129600 seconds/);
      expect(sts.asked).toEqual([]);
    });

    it('leaves a symbolic link one, makes the file private, and keeps a backup when asked', async () => {
      const real = join(directory, 'real');
      writeFileSync(real, LONG_TERM.replaceAll('\n', '\r\n'), { mode: 0o644 });
      chmodSync(real, 0o644);
      rmSync(file);
      symlinkSync(real, file);
      expect(await login('--backup')).toMatchObject({ exitCode: 0 });
      expect(statSync(real).mode & 0o777).toBe(0o600);
      expect(readFileSync(real, 'utf8')).toMatch(/aws_session_token = fake-token-1\r\n/);
      expect(readFileSync(`${real}.bak`, 'utf8')).toBe(LONG_TERM.replaceAll('\n', '\r\n'));
      expect(existsSync(`${real}.lock`)).toBe(false);
    });

    it('has nothing to do on ECS', async () => {
      process.env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI = '/v2/credentials/1';
      expect((await login()).stderr).toMatch(/credentials from ECS/);
      expect(json(await creds('status --json'))).toMatchObject({ kind: 'container' });
    });
  });

  it('status tells a session that is over by its exit code, and no credentials by another', async () => {
    await login('--duration 900');
    expect(await creds('status')).toMatchObject({ exitCode: 0 });
    const past = new Date(Date.now() - 1_000).toISOString();
    writeFileSync(file, text().replace(/x_expiration = .*/, `x_expiration = ${past}`));
    const over = await creds('status --json');
    expect(over.exitCode).toBe(3);
    expect(json(over)).toMatchObject({ kind: 'session', remainingSeconds: 0, arn: null });
    expect((await creds('status --profile nobody --offline')).exitCode).toBe(253);
  });

  it('export hands the session on in the form that is asked for, while it lasts', async () => {
    await login();
    expect((await creds('export')).stdout).toMatch(/^export AWS_ACCESS_KEY_ID='ASIAFAKE00000001'\n.*fake-secret-1'\n/);
    expect(json(await creds('export --format process'))).toMatchObject({ Version: 1, SessionToken: 'fake-token-1' });
    expect((await creds('export --format yaml')).exitCode).toBe(2);
    expect((await creds('export --profile me')).exitCode).toBe(253);
    writeFileSync(file, text().replace(/x_expiration = .*/, 'x_expiration = 2026-01-01T00:00:00Z'));
    expect((await creds('export')).exitCode).toBe(3);
  });

  it('logout removes the session, and nothing that is not ours', async () => {
    await login();
    expect(json(await creds('logout --json'))).toEqual({ isRemoved: true });
    expect(session()).toEqual({});
    expect(json(await creds('logout --json'))).toEqual({ isRemoved: false });
    const foreign = await creds('logout --profile me');
    expect(foreign.exitCode).toBe(1);
    expect(session('me')).toMatchObject({ aws_access_key_id: 'AKIAIOSFODNN7EXAMPLE' });
  });

  it('several logins at once leave a whole file with all of their sessions', async () => {
    const { MfaSessionService } = await import('../../../src/credentials/mfa-session.service.js');
    const { loadConfig } = await import('../../../src/config/app-config.js');
    const { SystemClock } = await import('../../../src/common/clock/clock.js');
    const { CredentialsFile } = await import('../../../src/credentials/profiles/credentials-file.js');
    const { writeProfile } = await import('../../../src/credentials/profiles/credentials-text.js');
    const profiles = Array.from({ length: 12 }, (_, index) => `p${index}`);
    await Promise.all(
      profiles.map((profile) =>
        new CredentialsFile(file).update((now) => writeProfile(now, profile, { region: profile })),
      ),
    );
    for (const profile of profiles) expect(session(profile)).toEqual({ region: profile });
    expect(text().startsWith(LONG_TERM)).toBe(true);
    expect(new MfaSessionService(loadConfig(), new SystemClock()).current()).toBeNull();
  });

  it('gets a session without a region in the environment, and warns', async () => {
    Reflect.deleteProperty(process.env, 'AWS_REGION');
    expect(await login()).toMatchObject({ exitCode: 0 });
    const outcome = await creds('doctor');
    expect(outcome.exitCode).toBe(0);
    expect(outcome.stdout).toMatch(/^WARN +environment\.region .*Set one/m);
  });

  it('doctor finds what is wrong', async () => {
    await login();
    expect(await creds('doctor')).toMatchObject({ exitCode: 0 });
    chmodSync(file, 0o644);
    writeFileSync(file, `${text()}\n[me]\nregion = x\n`);
    process.env.AWS_ACCESS_KEY_ID = 'AKIAOTHER';
    process.env.AWS_PROFILE = 'default';
    sts.skewMs = 120_000;
    const outcome = await creds('doctor --json');
    expect(outcome.exitCode).toBe(1);
    const { findings } = JSON.parse(outcome.stdout) as { findings: { id: string; severity: string }[] };
    expect(findings.filter(({ severity }) => severity === 'fail').map(({ id }) => id)).toEqual([
      ...['environment.clash', 'file.mode', 'file.duplicates', 'clock'],
    ]);
  });
});
