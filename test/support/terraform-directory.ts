import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTerraform } from './terraform-available.js';

export interface TerraformAnswer {
  code: number;
  /** Both streams. */
  output: string;
  milliseconds: number;
}

/** A working directory for Terraform commands that a test gives by hand. */
export class TerraformDirectory {
  readonly path = mkdtempSync(join(tmpdir(), 'ps-terraform-'));

  constructor(private readonly environment: Readonly<Record<string, string>>) {}

  write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text);
  }

  state(): string {
    return readFileSync(join(this.path, 'terraform.tfstate'), 'utf8');
  }

  /** Throws with the output on an exit code other than 0. */
  async must(...args: string[]): Promise<TerraformAnswer> {
    const answer = await this.run(...args);
    if (answer.code !== 0) throw new Error(`terraform ${args.join(' ')}: ${answer.output}`);
    return answer;
  }

  init(): Promise<TerraformAnswer> {
    return this.must('init', '-input=false', '-no-color');
  }

  apply(): Promise<TerraformAnswer> {
    return this.must('apply', '-input=false', '-no-color', '-auto-approve');
  }

  destroy(): Promise<TerraformAnswer> {
    return this.must('destroy', '-input=false', '-no-color', '-auto-approve');
  }

  /** Exit code 0: nothing to change; 2: changes. Throws on any other. */
  async plan(): Promise<TerraformAnswer> {
    const answer = await this.run('plan', '-input=false', '-no-color', '-detailed-exitcode', '-out=plan');
    if (answer.code !== 0 && answer.code !== 2) throw new Error(answer.output);
    return answer;
  }

  /** What the last plan would do, by address; what stays as it is, is left out. */
  async plannedActions(): Promise<Record<string, string[]>> {
    const { output } = await this.must('show', '-json', 'plan');
    const { resource_changes: changes } = JSON.parse(output) as {
      resource_changes: { address: string; change: { actions: string[] } }[];
    };
    const entries = changes.map(({ address, change }) => [address, change.actions] as const);
    return Object.fromEntries(entries.filter(([, actions]) => actions.join() !== 'no-op'));
  }

  async outputs(): Promise<Record<string, unknown>> {
    const { output } = await this.must('output', '-json');
    const values = JSON.parse(output) as Record<string, { value: unknown }>;
    return Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]));
  }

  async addresses(): Promise<string[]> {
    const { output } = await this.must('state', 'list');
    return output.split('\n').filter(Boolean).sort();
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  private run(...args: string[]): Promise<TerraformAnswer> {
    const binary = findTerraform() ?? 'terraform';
    const started = performance.now();
    const env = {
      PATH: process.env.PATH,
      HOME: this.path,
      TMPDIR: tmpdir(),
      TF_IN_AUTOMATION: '1',
      CHECKPOINT_DISABLE: '1',
      ...this.environment,
    };
    return new Promise((resolve) => {
      execFile(binary, args, { cwd: this.path, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
        const milliseconds = Math.round(performance.now() - started);
        resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr, milliseconds });
      });
    });
  }
}
