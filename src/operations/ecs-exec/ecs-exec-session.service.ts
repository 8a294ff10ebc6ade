import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AwsClients } from '../../aws/aws-clients.service.js';
import { Clock } from '../../common/clock/clock.js';
import { errorMessage } from '../../common/errors/domain-error.js';
import { AppConfig } from '../../config/app-config.js';
import { AwsCredentialsService } from '../../credentials/aws-credentials.service.js';
import { EcsExecCheckService } from './ecs-exec-check.service.js';
import { ExecNotPossibleError, ExecSessionError } from './ecs-exec.errors.js';
import { type PulledFile, type RemoteCommand, type TargetOptions } from './ecs-exec.types.js';
import { MarkedOutput } from './session/marked-output.js';
import { pluginCall } from './session/plugin.js';
import { checkPlace, contentOf, writePulled } from './session/pulled-file.js';
import { markedCommand, printFile, shellCommand } from './session/remote-command.js';
import { type PluginRun, runPlugin } from './session/run-plugin.js';
import { SessionOpener, sessionTarget } from './session/session-opener.js';
import { type ExecSnapshot, valueOf } from './snapshot.js';

/** Hears what happens besides the output of a command. */
export type Say = (message: string) => void;

/** Shells and commands in a container of a running task, for a person at a terminal. */
@Injectable()
export class EcsExecSessionService {
  private readonly opener: SessionOpener;

  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
    clients: AwsClients,
    private readonly checks: EcsExecCheckService,
    private readonly credentials: AwsCredentialsService,
  ) {
    this.opener = new SessionOpener(clients);
  }

  /** A prompt, with the terminal of this process, until it is left. Throws the errors of ecs-exec.errors.ts. */
  async shell(options: TargetOptions, user: string, say: Say): Promise<void> {
    const snapshot = await this.ready(options, say);
    await this.session(snapshot, shellCommand(user), { kind: 'terminal' }, null, say);
  }

  /**
   * Runs a command and hands over what it prints, both of its outputs as one. Its exit code, or 255 when the session ended
   * before the command did. Throws the errors of ecs-exec.errors.ts.
   */
  async run(
    options: TargetOptions,
    command: RemoteCommand,
    onOutput: (output: Buffer) => void,
    say: Say,
  ): Promise<number> {
    return this.marked(await this.ready(options, say), command, onOutput, say);
  }

  /**
   * Copies a file out of a container. Throws {@link PulledFileError} when what arrives is not what is there, or the place
   * is taken, and {@link ExecSessionError} when the file cannot be read.
   */
  async pull(
    options: TargetOptions,
    file: PulledFile,
    how: Omit<RemoteCommand, 'command'>,
    say: Say,
  ): Promise<{ bytes: number }> {
    checkPlace(file);
    const printed: Buffer[] = [];
    const snapshot = await this.ready(options, say);
    const command = { ...how, command: printFile(file.remote) };
    const code = await this.marked(snapshot, command, (output) => printed.push(output), say);
    const text = Buffer.concat(printed);
    if (code !== 0)
      throw new ExecSessionError(
        `${file.remote} could not be read in the container (exit code ${code}): ${text.toString().trim()}`,
      );
    const content = contentOf(text, file.remote);
    await writePulled(file, content);
    return { bytes: content.length };
  }

  private async marked(
    snapshot: ExecSnapshot,
    { command, user, timeoutSeconds }: RemoteCommand,
    onOutput: (output: Buffer) => void,
    say: Say,
  ): Promise<number> {
    const nonce = randomBytes(12).toString('hex');
    const output = new MarkedOutput(nonce);
    const banners: Buffer[] = [];
    const give = (piece: Buffer): void => {
      if (piece.length > 0) onOutput(piece);
    };
    const mode: PluginRun['mode'] = {
      kind: 'piped',
      onOutput: (chunk) => {
        if (!output.isBegun) banners.push(chunk);
        give(output.take(chunk));
      },
    };
    await this.session(snapshot, markedCommand(nonce, user, command), mode, timeoutSeconds, say);
    give(output.rest());
    if (output.exitCode !== null) return output.exitCode;
    const said = output.isBegun ? '' : ` The plugin said: ${Buffer.concat(banners).toString().trim() || 'nothing'}`;
    say(`The session ended before the command did, so its exit code is not known.${said}`);
    return NO_EXIT_CODE;
  }

  private async session(
    ...[snapshot, command, mode, timeoutSeconds, say]: [ExecSnapshot, string, PluginRun['mode'], number | null, Say]
  ): Promise<void> {
    const [task, { path, version }] = [valueOf(snapshot.task), snapshot.plugin];
    if (task === null || path === null) throw new ExecSessionError('There is no task, or no plugin, for a session.');
    const { container } = snapshot.target;
    const target = sessionTarget(task, container);
    const { environment } = await this.credentials.forTerminal();
    const opened = await this.opener.open(task, container, command);
    const call = pluginCall({ path, version }, opened, {
      region: snapshot.region,
      target,
      ssmEndpoint: this.config.aws.ssmEndpoint,
    });
    const timeout = new AbortController();
    const timer =
      timeoutSeconds === null
        ? null
        : this.clock.schedule(timeoutSeconds * 1000, () => {
            timeout.abort();
          });
    try {
      await runPlugin(call, {
        mode,
        environment: { ...this.base(snapshot.region), ...environment },
        signal: timeout.signal,
      });
    } catch (error) {
      const problem = await this.opener.end(opened);
      if (problem !== null) say(problem);
      throw new ExecSessionError(`${path} could not be started (${errorMessage(error)}). Install it anew.`, {
        cause: error,
      });
    } finally {
      timer?.cancel();
    }
    if (!timeout.signal.aborted) return;
    const problem = await this.opener.end(opened);
    say(problem ?? `Ended after ${timeoutSeconds ?? 0} s, as --timeout says.`);
  }

  /** Says what may be in the way. Throws {@link ExecNotPossibleError} for what certainly is. */
  private async ready(options: TargetOptions, say: Say): Promise<ExecSnapshot> {
    const { report, snapshot } = await this.checks.quick(options);
    const failed = report.checks.filter(({ status }) => status === 'fail');
    if (failed.length > 0) {
      const list = failed.map(({ id, detail, fix }) => `  ${id}: ${detail} ${fix ?? ''}`.trimEnd());
      throw new ExecNotPossibleError(
        `No session can be opened:\n${list.join('\n')}\npsctl ecs check looks at everything.`,
      );
    }
    for (const { status, detail } of report.checks) if (status === 'warn') say(detail);
    return snapshot;
  }

  /** Nothing of ours that is secret is in it. */
  private base(region: string): Record<string, string> {
    const { executablePath, terminalEnvironment } = this.config;
    return { ...terminalEnvironment, PATH: executablePath, AWS_REGION: region, AWS_DEFAULT_REGION: region };
  }
}

/** What scripts get when nobody knows how a command ended, as of a connection of ssh that broke. */
const NO_EXIT_CODE = 255;
