import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, SystemClock } from '../../../src/common/clock/clock.js';
import { Redactor } from '../../../src/provisioning/logs/redactor.js';
import { type RunLogEntry } from '../../../src/provisioning/provisioning.types.js';
import { groupState, type RecordedProcess } from '../../../src/provisioning/runner/process-identity.js';
import { killRun } from '../../../src/provisioning/runner/run-processes.js';
import { RunWorkdir } from '../../../src/provisioning/runner/run-workdir.js';
import {
  SharedProvider,
  type SharingPolicy,
} from '../../../src/provisioning/runner/shared-provider/shared-provider.js';
import { eventually } from '../../support/eventually.js';
import { TestClock } from '../../support/test-clock.js';

const FAKE = fileURLToPath(new URL('../../support/fake-provider.mjs', import.meta.url));
const SOURCE = 'registry.terraform.io/hashicorp/aws';
const SECRET = 'a-secret-nobody-may-read';
/** Longer than Terraform waits for a provider. */
const LONG_MS = 61_000;

describe('the provider all commands of a run share', () => {
  let root: string;
  let workdir: RunWorkdir;
  let notes: RunLogEntry[];
  beforeEach(() => {
    // Short, because a socket's path may not be long.
    root = mkdtempSync(join(tmpdir(), 'ps-sp-'));
    workdir = new RunWorkdir(root, 'lab', 'run');
    workdir.create('');
    const platform = join(workdir.directory, '.terraform/providers', SOURCE, '1.0.0/any');
    mkdirSync(platform, { recursive: true });
    const launcher = join(platform, 'terraform-provider-aws_v1.0.0');
    writeFileSync(launcher, `#!/bin/sh\nexec '${process.execPath}' '${FAKE}'\n`, { mode: 0o755 });
    workdir.write('.terraform.lock.hcl', `provider "${SOURCE}" {\n  version = "1.0.0"\n}\n`);
    notes = [];
  });
  afterEach(async () => {
    await killRun(workdir, new SystemClock());
    rmSync(root, { recursive: true });
  });

  const provider = (play: string, policy: Partial<SharingPolicy> = {}, clock: Clock = new SystemClock()) => {
    const environment = {
      PATH: '/usr/bin:/bin',
      HOME: workdir.home,
      TMPDIR: 'tmp',
      FAKE_PROVIDER: play,
      FAKE_SECRET: SECRET,
    };
    const journal = { log: (entries: RunLogEntry[]) => Promise.resolve(void notes.push(...entries)) };
    const run = { workdir, journal, environment, clock, redactor: new Redactor([SECRET]) };
    return new SharedProvider(run, { reach: 'socket', lifetimeSeconds: 600, ...policy });
  };
  const started = (...options: Parameters<typeof provider>): SharedProvider => {
    const shared = provider(...options);
    shared.start();
    return shared;
  };
  const addressIn = ({ TF_REATTACH_PROVIDERS: value = '{}' }: Record<string, string>): string =>
    (JSON.parse(value) as Record<string, { Addr: { String: string } }>)[SOURCE]!.Addr.String;
  const recorded = (): RecordedProcess => workdir.provider().recordedProcess()!;
  const said = (): string => notes.map(({ level, message }) => `${level} ${message}`).join('\n');

  it('is started once, told nothing but what the run is told, and found by every command and every later process', async () => {
    const shared = started('socket');
    shared.start();
    const variables = await shared.variables();
    expect(dirname(addressIn(variables))).toBe('tmp');
    const environment = JSON.parse(readFileSync(join(workdir.directory, 'environment.json'), 'utf8')) as object;
    expect(
      Object.keys(environment)
        .filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name))
        .sort(),
    ).toEqual([
      'FAKE_PROVIDER',
      'FAKE_SECRET',
      'HOME',
      'PATH',
      'PLUGIN_PROTOCOL_VERSIONS',
      'TF_PLUGIN_MAGIC_COOKIE',
      'TMPDIR',
    ]);
    expect(await shared.variables()).toEqual(variables);
    expect(await started('elsewhere').variables()).toEqual(variables);
    expect(notes).toEqual([]);
  });

  it('is gone when it was stopped, with its socket, and is not started again', async () => {
    const shared = started('socket');
    const socket = join(workdir.directory, addressIn(await shared.variables()));
    expect(existsSync(socket)).toBe(true);
    await shared.stop();
    expect([groupState(recorded()), existsSync(socket)]).toEqual(['gone', false]);
    shared.start();
    expect(await shared.variables()).toEqual({});
    expect(await started('socket').variables()).toEqual({});
    expect(notes).toEqual([]);
  });

  it('is gone as well when it was stopped before it had begun', async () => {
    await started('socket').stop();
    expect(groupState(recorded())).toBe('gone');
  });

  it.each([
    ['port', 'socket', 'listens at tcp 127.0.0.1:'],
    ['everywhere', 'loopback', 'listens at tcp 0.0.0.0:'],
    ['elsewhere', 'loopback', 'listens at unix '],
    ['chatter', 'socket', 'said "Hello, I am a provider."'],
    ['crash', 'socket', 'ended: panic: no credentials like [redacted]'],
  ] as const)('is given up, with the reason, when what it does is "%s" (%s)', async (play, reach, reason) => {
    expect(await started(play, { reach }).variables()).toEqual({});
    expect(said()).toMatch(/^warn Each command starts a provider of its own\. It /);
    expect(said()).toContain(reason);
    expect(groupState(recorded())).toBe('gone');
  });

  it('may listen on a port of this machine where that is allowed', async () => {
    expect(addressIn(await started('port', { reach: 'loopback' }).variables())).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('is waited for as long as Terraform would wait', async () => {
    const clock = new TestClock();
    const shared = started('silent', {}, clock);
    await eventually('the provider', () => workdir.provider().recordedProcess());
    const variables = shared.variables();
    clock.advance(LONG_MS);
    // Killing it takes some moments of this clock, too.
    const moving = setInterval(() => {
      clock.advance(100);
    }, 5);
    expect(
      await variables.finally(() => {
        clearInterval(moving);
      }),
    ).toEqual({});
    expect(said()).toContain('has not said where it listens');
    expect(groupState(recorded())).toBe('gone');
  });

  it('ends by itself when nobody stops it', async () => {
    await started('socket', { lifetimeSeconds: 1 }).variables();
    await eventually('its end', () => groupState(recorded()) === 'gone');
  });

  it('is missed by no command, and what it said is told, when it crashed', async () => {
    const shared = started('socket');
    await shared.noteCrash();
    const socket = join(workdir.directory, addressIn(await shared.variables()));
    await shared.noteCrash();
    expect(notes).toEqual([]);
    connect(socket).on('error', () => undefined);
    await eventually('its end', () => workdir.provider().exitCode());
    await shared.noteCrash();
    expect(said()).toMatch(/^error The provider ended with exit code 3: .*panic: asked, and fell over \[redacted\]$/s);
    expect(await shared.variables()).toEqual({});
  });

  it('is none where nobody wants it, or init has put none in place, or several', async () => {
    expect(await started('socket', { reach: 'off' }).variables()).toEqual({});
    workdir.write('.terraform.lock.hcl', `provider "${SOURCE}" {\n  version = "2.0.0"\n}\n`);
    expect(await started('socket').variables()).toEqual({});
    expect(workdir.provider().exists()).toBe(false);
    expect(notes).toEqual([]);
  });
});
