import { isatty } from 'node:tty';
import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { type AppConfig } from '../config/app-config.js';

const STDOUT = 1;
const LEVELS: LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug'];
/** Parts of Nest that list every module and route at each start: 60 lines that only help to debug the wiring. */
const WIRING = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

class ServiceLogger extends ConsoleLogger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (WIRING.has(String(rest.at(-1)))) super.debug(message, ...rest);
    else super.log(message, ...rest);
  }
}

/** One JSON object a line for machines, or text for people, coloured on a terminal; from the configured level on. */
export function createLogger({ env }: AppConfig): ConsoleLogger {
  const isJson = env.PS_LOG_FORMAT === 'json';
  return new ServiceLogger({
    json: isJson,
    prefix: 'ps-server',
    colors: !isJson && isatty(STDOUT) && process.stdout.hasColors(),
    logLevels: LEVELS.slice(0, LEVELS.indexOf(env.PS_LOG_LEVEL) + 1),
  });
}
