import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplicationContext } from '@nestjs/common';
import { FakeEcs } from './fake-ecs.js';
import { FakePlugin } from './fake-plugin.js';
import { type Outcome, psctlIn } from './psctl-in-process.js';

/** `psctl ecs` opens no services. */
const NO_SERVICES = { get: () => undefined } as unknown as INestApplicationContext;

/** What no output may show. */
export const SECRETS = /secret-of-ann|token-of-ann|token-of-the-session|jwt-secret-of-the-service/;

/** A machine of somebody with credentials and the plugin, and an installation on ECS. Changes the environment of this process. */
export class EcsWorld {
  private constructor(
    readonly ecs: FakeEcs,
    readonly directory: string,
    readonly plugin: FakePlugin,
    private readonly before: NodeJS.ProcessEnv,
  ) {}

  static async start(): Promise<EcsWorld> {
    const before = { ...process.env };
    const ecs = await FakeEcs.start();
    const directory = mkdtempSync(join(tmpdir(), 'ps-ecs-'));
    const plugin = new FakePlugin(directory);
    for (const name of Object.keys(process.env)) if (/^(AWS|PS)_/.test(name)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, {
      ...{ AWS_ACCESS_KEY_ID: 'ASIAANN', AWS_SECRET_ACCESS_KEY: 'secret-of-ann', AWS_SESSION_TOKEN: 'token-of-ann' },
      ...{ AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_CONFIG_FILE: '/dev/null', AWS_EC2_METADATA_DISABLED: 'true' },
      ...{ AWS_ENDPOINT_URL: ecs.endpoint, PATH: plugin.path, PS_ECS_CLUSTER: 'ps-lab', TERM: 'xterm' },
      PS_JWT_SECRET: 'jwt-secret-of-the-service',
    });
    plugin.obey(ecs);
    return new EcsWorld(ecs, directory, plugin, before);
  }

  async stop(): Promise<void> {
    for (const name of Object.keys(process.env)) if (!(name in this.before)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, this.before);
    await this.ecs.stop();
    rmSync(this.directory, { recursive: true });
  }

  psctl(...words: string[]): Promise<Outcome> {
    this.plugin.ready();
    return psctlIn(NO_SERVICES, ['ecs', ...words]);
  }

  /** Of the first of those a listing answers. */
  change(action: string, list: string, fields: Record<string, unknown>): void {
    const answer = this.ecs.answers.get(action) as Record<string, Record<string, unknown>[]>;
    Object.assign(answer[list]![0]!, fields);
  }
}
