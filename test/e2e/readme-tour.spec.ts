import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '../docs/repository.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { describeWithTerraform } from '../support/terraform-available.js';
import { ServerProcess } from './support/server-process.js';

const ADDRESS = 'http://127.0.0.1:8000';
const STEP_LIMIT_MS = 60_000;

/** One shell for the whole tour, as a reader has it: variables of a step are there in the next one. */
class TourShell {
  private readonly shell: ChildProcessWithoutNullStreams;
  private output = '';
  private wake: (() => void) | null = null;
  private steps = 0;

  constructor(environment: NodeJS.ProcessEnv) {
    this.shell = spawn('/bin/sh', [], { cwd: repository.path('.'), env: environment });
    for (const stream of [this.shell.stdout, this.shell.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.output += chunk.toString('utf8');
        this.wake?.();
      });
    }
  }

  /** What the step printed, errors included. */
  async run(step: string): Promise<string> {
    this.output = '';
    const marker = `end of step ${++this.steps}`;
    this.shell.stdin.write(`${step}\necho; echo '${marker}'\n`);
    const limit = AbortSignal.timeout(STEP_LIMIT_MS);
    limit.addEventListener('abort', () => this.wake?.());
    while (!this.output.includes(marker)) {
      if (limit.aborted) throw new Error(`The step did not end:\n${step}\n${this.output}`);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.output.replace(marker, '');
  }

  /** Repeats a step a reader would repeat, until it prints what is expected. */
  async until(step: string, expected: RegExp): Promise<string> {
    const end = Date.now() + STEP_LIMIT_MS;
    for (;;) {
      const seen = await this.run(step);
      if (expected.test(seen)) return seen;
      if (Date.now() > end) throw new Error(`Waited for ${String(expected)} of\n${step}\n${seen}`);
    }
  }

  close(): void {
    this.shell.kill();
  }
}

describeWithTerraform('the tour of the README', () => {
  let database: TestDatabase;
  let dataDirectory: string;
  let server: ServerProcess;
  let shell: TourShell;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataDirectory = mkdtempSync(join(tmpdir(), 'ps-server-tour-'));
    const environment = { PS_DATABASE_URL: database.url.value, PS_DATA_DIRECTORY: dataDirectory };
    server = await ServerProcess.start(environment);
    shell = new TourShell({ PATH: process.env.PATH, ...environment });
  });
  afterAll(async () => {
    shell.close();
    await server.stop();
    await database.drop();
    rmSync(dataDirectory, { recursive: true, force: true });
  });

  it('does what the text says, step by step', async () => {
    const steps = repository.document('README.md').section('A short tour').blocks('sh');
    const [superuser = '', organization = '', ask = '', watch = '', look = '', release = '', ...rest] = steps;
    expect(rest).toEqual([]);
    expect(superuser).toContain(ADDRESS);

    expect(await shell.run(superuser.replace(ADDRESS, server.url))).toContain('Superuser root created.');
    expect(await shell.run(organization)).toMatch(/"username":"ann"[^]*"name":"demo-lab"/);
    expect(await shell.run(ask)).toContain('"status":"QUEUED"');
    expect(await shell.until(watch, /event: log/)).toContain('"status":"succeeded"');
    expect(await shell.until(look, /"current_nodes":3/)).toMatch(/"ip_address":"127\./);
    expect(await shell.run(release)).toContain('{"released":1}');
    await shell.until(release, /"kind":"destroy","status":"succeeded"/);
  });
});
