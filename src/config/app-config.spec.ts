import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ConfigError, describeConfig, loadConfig } from './app-config.js';

describe('loadConfig', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ps-config-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const problemsOf = (environment: NodeJS.ProcessEnv): string[] => {
    try {
      loadConfig(environment);
      return [];
    } catch (error) {
      return (error as ConfigError).problems;
    }
  };

  it('lists every problem at once', () => {
    const problems = problemsOf({ PS_PORT: '70000', PS_ROLE: 'boss', PS_PROT: '1', PS_ENVIRONMENT: 'production' });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'PS_PROT',
      'PS_ROLE',
      'PS_PORT',
      'PS_DATABASE_URL',
      'PS_JWT_SECRET',
      'PS_STATE_ENCRYPTION_KEY',
      'PS_MAIL_TRANSPORT',
      'PS_PUBLIC_URL',
    ]);
  });

  it('refuses an encryption key that is not 32 bytes', () => {
    expect(problemsOf({ PS_STATE_ENCRYPTION_KEY: 'c2hvcnQ=' })).toEqual([expect.stringContaining('must be 32 bytes')]);
  });

  it('reads the secrets of before, and refuses what would silently be none of them', () => {
    const read = (text: string): string[] =>
      loadConfig({ PS_DATA_DIRECTORY: directory, PS_JWT_PREVIOUS_SECRETS: text }).env.PS_JWT_PREVIOUS_SECRETS.map(
        (secret) => secret.reveal(),
      );
    const [old, older] = ['the secret of last year', 'and of the year before'];
    expect(read('')).toEqual([]);
    expect(read(`${old},${older},`)).toEqual([old, older]);
    expect(problemsOf({ PS_JWT_PREVIOUS_SECRETS: `${old}, ${older}` })).toEqual([
      expect.stringContaining('no spaces around the commas'),
    ]);
    expect(problemsOf({ PS_JWT_PREVIOUS_SECRETS: `${old},short` })).toEqual([
      expect.stringContaining('16 characters or more'),
    ]);
  });

  it('refuses a lease that ends before its renewals', () => {
    const lease = { PS_RUN_LOST_SECONDS: '10', PS_RUN_HEARTBEAT_SECONDS: '5', PS_DATA_DIRECTORY: directory };
    expect(problemsOf(lease)).toEqual([
      expect.stringMatching(/^PS_RUN_LOST_SECONDS: must be at least 3 times .* so 15/),
    ]);
    expect(problemsOf({ ...lease, PS_RUN_LOST_SECONDS: '15' })).toEqual([]);
  });

  it('refuses what would break links or headers of mails', () => {
    const problems = problemsOf({ PS_PUBLIC_URL: 'ps.example.org', PS_MAIL_FROM: 'a@example.org\nBcc: b@example.org' });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['PS_PUBLIC_URL', 'PS_MAIL_FROM']);
  });

  it('puts a password that is given on its own into the URL of the database, and only where it belongs', () => {
    const given = { PS_DATA_DIRECTORY: directory, PS_DATABASE_PASSWORD: 'a/b@c:d%40 e' };
    const { env } = loadConfig({ ...given, PS_DATABASE_URL: 'postgres://u@h:5432/d?sslmode=verify-full' });
    const url = new URL(env.PS_DATABASE_URL!.reveal());
    expect(decodeURIComponent(url.password)).toBe('a/b@c:d%40 e');
    expect(url.searchParams.get('sslmode')).toBe('verify-full');
    expect(problemsOf(given)).toEqual([expect.stringContaining('needs PS_DATABASE_URL')]);
    expect(problemsOf({ ...given, PS_DATABASE_URL: 'postgres://u:p@h/d' })).toEqual([
      expect.stringContaining('has a password already'),
    ]);
  });

  it('ignores variables of others, of the Python client and of the tests', () => {
    const ofTests = { PS_AWS_PROVIDER_SIM: '/x', PS_TEST_POSTGRES_URL: 'postgres://u@h/d' };
    expect(problemsOf({ ...ofTests, PS_DATA_DIRECTORY: directory })).toEqual([]);
    expect(problemsOf({ HOME: '/x', PS_USERNAME: 'ann', PS_PASSWORD: 'x', PS_DATA_DIRECTORY: directory })).toEqual([]);
  });

  it('is frozen', () => {
    const config = loadConfig({ PS_DATA_DIRECTORY: directory });
    expect(() => Object.assign(config.env, { PS_PORT: 1 })).toThrow(TypeError);
  });

  it('generates development secrets once and keeps them private', () => {
    const first = loadConfig({ PS_DATA_DIRECTORY: directory });
    const second = loadConfig({ PS_DATA_DIRECTORY: directory });
    expect(second.jwtSecret.reveal()).toBe(first.jwtSecret.reveal());
    expect(statSync(join(directory, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('never prints a secret', () => {
    const planted = 'planted-secret-value-0123456789';
    const environment = {
      PS_DATA_DIRECTORY: directory,
      PS_JWT_SECRET: planted,
      PS_JWT_PREVIOUS_SECRETS: `${planted}-1,${planted}-2`,
      PS_DATABASE_URL: 'postgres://u@h/d',
      PS_DATABASE_PASSWORD: planted,
    };
    const config = loadConfig(environment);
    const texts = [
      JSON.stringify(config),
      inspect(config, { depth: 9 }),
      JSON.stringify(describeConfig(config, environment)),
    ];
    for (const text of texts) expect(text).not.toContain(planted);
    expect(describeConfig(config, environment)).toContainEqual(
      expect.objectContaining({ name: 'PS_JWT_SECRET', value: '[secret]' }),
    );
  });
});
