import { findProgram } from '../../../common/programs/find-program.js';
import { isAtLeast } from '../../../common/programs/version.js';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PLUGIN_WITH_TOKEN_IN_ENVIRONMENT } from '../checks/client.checks.js';
import { dnsSuffixOf } from '../names.js';
import { type PluginFacts } from '../snapshot.js';

const run = promisify(execFile);

const NAME = 'session-manager-plugin';
/** The plugin takes the name of a variable for the session only if it begins like this. */
const SESSION_VARIABLE = 'AWS_SSM_START_SESSION_RESPONSE';

/** A session ECS has opened; the token lets anybody in who has it. */
export interface OpenedSession {
  sessionId: string;
  streamUrl: string;
  tokenValue: string;
}

/** How the plugin is called for a session. */
export interface PluginCall {
  path: string;
  arguments: string[];
  /** Besides credentials. */
  environment: Record<string, string>;
}

/** Where the plugin is and how old, before any session is opened that it could not carry. */
export async function findPlugin(executablePath: string): Promise<PluginFacts> {
  const path = findProgram(NAME, executablePath);
  if (path === null) return { path: null, version: null };
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 10_000, env: { PATH: executablePath } });
    return { path, version: /\d+(\.\d+)+/.exec(stdout)?.[0] ?? null };
  } catch {
    // It is there and does not say how old it is; the check of the plugin reports that.
    return { path, version: null };
  }
}

/**
 * Arguments in the order of the plugin: session, region, operation, profile, parameters, endpoint. The AWS CLI gives the
 * endpoint of ECS at the end, with which no session is ever resumed; it has to be that of SSM.
 */
export function pluginCall(
  { path, version }: { path: string; version: string | null },
  session: OpenedSession,
  { region, target, ssmEndpoint }: { region: string; target: string; ssmEndpoint: string | null },
): PluginCall {
  const response = JSON.stringify(session);
  const takesVariable = version !== null && isAtLeast(version, PLUGIN_WITH_TOKEN_IN_ENVIRONMENT);
  return {
    path,
    arguments: [
      takesVariable ? SESSION_VARIABLE : response,
      region,
      'StartSession',
      '',
      JSON.stringify({ Target: target }),
      ssmEndpoint ?? `https://ssm.${region}.${dnsSuffixOf(region)}`,
    ],
    environment: takesVariable ? { [SESSION_VARIABLE]: response } : {},
  };
}
