import { once } from 'node:events';
import { start } from 'node:repl';
import { type INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { type Command } from 'commander';
import { type ProgramParts } from './program-parts.js';
import { reportFailure } from './output.js';

export function registerShell(program: Command, { open }: ProgramParts): void {
  program
    .command('shell')
    .description('Opens a JavaScript prompt with the services loaded; await works.')
    .addHelpText(
      'after',
      '\nEvery service is there under its name (usersService, organizationsService, ...), and `services` lists them.\n' +
        'What is done here is real: it changes the configured database.\n\nExamples:\n  psctl shell\n' +
        "  echo 'await organizationsService.list()' | psctl shell",
    )
    .action(async () => {
      try {
        const context = await open();
        try {
          await converse(servicesOf(context));
        } finally {
          await context.close();
        }
      } catch (error) {
        reportFailure(error, false);
      }
    });
}

/** By name of its class, with a small letter in front. */
function servicesOf(context: INestApplicationContext): Record<string, unknown> {
  const found = new Map<string, unknown>();
  for (const module of context.get(ModulesContainer).values()) {
    for (const { name, instance } of module.providers.values()) {
      if (typeof name === 'string' && name.endsWith('Service'))
        found.set(name.charAt(0).toLowerCase() + name.slice(1), instance);
    }
  }
  return Object.fromEntries([...found].sort(([a], [b]) => a.localeCompare(b)));
}

async function converse(services: Record<string, unknown>): Promise<void> {
  const isInteractive = process.stdin.isTTY;
  if (isInteractive) process.stdout.write('Services: type `services`. End with .exit or Ctrl-D.\n');
  const repl = start({ prompt: isInteractive ? 'ps> ' : '', useGlobal: false });
  Object.assign(repl.context, services, { services: Object.keys(services) });
  await once(repl, 'exit');
}
