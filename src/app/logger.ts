import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { type AppConfig } from '../config/app-config.js';

const LEVELS: LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug'];

/** One JSON object a line for machines, or coloured text for people; only levels at or above the configured one. */
export function createLogger({ env }: AppConfig): ConsoleLogger {
  const isJson = env.PS_LOG_FORMAT === 'json';
  return new ConsoleLogger({
    json: isJson,
    colors: !isJson,
    logLevels: LEVELS.slice(0, LEVELS.indexOf(env.PS_LOG_LEVEL) + 1),
  });
}
