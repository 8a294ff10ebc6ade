import { type Command } from 'commander';
import { describeConfig, loadConfig } from '../config/app-config.js';
import { envExample } from '../config/env-example.js';
import { reportFailure } from './output.js';

interface Options {
  json?: boolean;
  example?: boolean;
}

export function registerConfig(program: Command): void {
  program
    .command('config')
    .description('Shows the effective configuration; secrets are hidden.')
    .option('--json', 'one JSON array instead of a table')
    .option('--example', 'the text of .env.example: every variable with its default and what it is for')
    .addHelpText('after', '\nExamples:\n  psctl config\n  PS_PORT=9000 psctl config --json')
    .action((options: Options) => {
      try {
        if (options.example) {
          process.stdout.write(envExample());
          return;
        }
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
