import { type Command } from 'commander';
import { describeConfig, loadConfig } from '../config/app-config.js';
import { reportFailure } from './output.js';

export function registerConfig(program: Command): void {
  program
    .command('config')
    .description('Shows the effective configuration; secrets are hidden.')
    .option('--json', 'one JSON array instead of a table')
    .addHelpText('after', '\nExamples:\n  psctl config\n  PS_PORT=9000 psctl config --json')
    .action((options: { json?: boolean }) => {
      try {
        const entries = describeConfig(loadConfig());
        const text = options.json
          ? JSON.stringify(entries, null, 2)
          : entries.map(({ name, value, origin }) => `${name.padEnd(36)} ${value.padEnd(28)} ${origin}`).join('\n');
        process.stdout.write(`${text}\n`);
      } catch (error) {
        reportFailure(error, options.json ?? false);
      }
    });
}
