import input from '@inquirer/input';
import { type PlannedChange } from '../provisioning/provisioning.types.js';
import { type StackRunWatcher } from '../provisioning/stack-runs.types.js';
import { table } from './output.js';

const YES = 'yes';

/** Shows a deployment on standard error and asks the person there; standard output is for the result. */
export class DeploymentTerminal implements StackRunWatcher {
  constructor(
    private readonly action: 'plan' | 'apply' | 'destroy',
    private readonly domain: string,
    private readonly isAgreed: boolean,
    private readonly signal: AbortSignal,
  ) {}

  say(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  plans(changes: readonly PlannedChange[]): void {
    if (changes.length === 0) return;
    this.say(table([['ACTION', 'ADDRESS'], ...changes.map(({ action, address }) => [action, address])]));
  }

  async agreesTo(changes: readonly PlannedChange[]): Promise<boolean> {
    if (this.isAgreed) return true;
    const expected = this.action === 'destroy' ? this.domain : YES;
    if (!process.stdin.isTTY) {
      const option = this.action === 'destroy' ? `--confirm ${this.domain}` : '--yes';
      this.say(
        `There is no terminal to ask whether to carry out ${changes.length} changes. Look at them, and give ${option}.`,
      );
      return false;
    }
    const message = `Carry out ${changes.length} changes of ${this.domain}? Type ${expected} to agree:`;
    try {
      return (await input({ message }, { signal: this.signal, output: process.stderr })).trim() === expected;
    } catch (error) {
      if (error instanceof Error && ['AbortPromptError', 'ExitPromptError'].includes(error.name)) return false;
      throw error;
    }
  }
}
