import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./perform-play.mjs', import.meta.url));
/** The lineage of every state the fake writes unless told otherwise. */
export const LINEAGE = 'fake-lineage';

/** What the fake does next; see perform-play.mjs for the meaning of each. */
export type Step =
  | { event: { type: string; level?: string; message?: string } & Record<string, unknown> }
  | { raw: string }
  | { stderr: string }
  | { flood: number }
  | { write: { path: string; text: string } }
  | { waitFor: string }
  | { ignoreInterrupts: true }
  | { onInterrupt: Step[] }
  | { leaveBehind: true }
  | { kill: NodeJS.Signals }
  | { savePlan: true }
  | { exit: number };

export type Play = Partial<Record<'version' | 'init' | 'plan' | 'apply', Step[]>>;

export interface Call {
  subcommand: string;
  options: string[];
  environment: Record<string, string>;
  cwd: string;
  pid: number;
}

export const raw = (text: string | Buffer): Step => ({ raw: Buffer.from(text).toString('base64') });

export const changeSummary = (add: number): Step => ({
  event: { type: 'change_summary', changes: { add, change: 0, remove: 0, operation: 'plan' } },
});

/** What Terraform writes when an apply has begun, and can be interrupted. */
export const applyStart = (address: string): Step => ({
  event: { type: 'apply_start', hook: { resource: { addr: address }, action: 'create' } },
});

/** One line of a plan, or of what a refresh found. */
export const change = (address: string, action: string, type = 'planned_change'): Step => ({
  event: { type, change: { resource: { addr: address, resource_type: address.split('.')[0] }, action } },
});

export const applyComplete = (address: string): Step => ({
  event: { type: 'apply_complete', hook: { resource: { addr: address }, action: 'create', elapsed_seconds: 0 } },
});

export const errorDiagnostic = (summary: string, detail = ''): Step => ({
  event: {
    type: 'diagnostic',
    level: 'error',
    message: `Error: ${summary}`,
    diagnostic: { severity: 'error', summary, detail },
  },
});

/** The text of a state with so many nodes. */
export function stateText(serial: number, nodes: number, more: Record<string, unknown> = {}): string {
  const instances = Array.from({ length: nodes }, (_, index) => ({ index_key: index }));
  const resources = [{ mode: 'managed', type: 'terraform_data', name: 'node', instances }];
  return JSON.stringify({
    version: 4,
    serial,
    lineage: LINEAGE,
    outputs: { cluster_name: { value: 'lab', type: 'string' } },
    resources,
    ...more,
  });
}

export const writeState = (serial: number, nodes: number, more?: Record<string, unknown>): Step => ({
  write: { path: 'terraform.tfstate', text: stateText(serial, nodes, more) },
});

/** A terraform that succeeds: it plans and builds two nodes. */
export const SUCCESS = {
  version: [raw('{"terraform_version": "1.11.4"}')],
  init: [],
  plan: [changeSummary(2), { savePlan: true }, { exit: 2 }],
  apply: [
    applyComplete('terraform_data.node[0]'),
    writeState(1, 1),
    applyComplete('terraform_data.node[1]'),
    writeState(2, 2),
  ],
} satisfies Play;

/** An executable that does what a test tells it; everything not told succeeds. */
export class FakeTerraform {
  readonly path: string;

  constructor(private readonly directory: string) {
    mkdirSync(directory, { recursive: true });
    this.path = join(directory, 'terraform');
    writeFileSync(this.path, `#!/bin/sh\nexec '${process.execPath}' '${SCRIPT}' '${directory}' "$@"\n`, {
      mode: 0o755,
    });
    this.plays({});
  }

  plays(play: Play): void {
    writeFileSync(join(this.directory, 'play.json'), JSON.stringify({ ...SUCCESS, ...play }));
  }

  /** A file of the play, for `waitFor` and what the fake notes down. */
  file(name: string): string {
    return join(this.directory, name);
  }

  /** Makes what waits for {@link file} go on. */
  release(name: string): void {
    writeFileSync(this.file(name), '');
  }

  noted(name: string): string {
    return existsSync(this.file(name)) ? readFileSync(this.file(name), 'utf8') : '';
  }

  calls(subcommand?: string): Call[] {
    const calls = this.noted('calls.jsonl').split('\n').filter(Boolean);
    const parsed = calls.map((line) => JSON.parse(line) as Call);
    return parsed.filter((call) => subcommand === undefined || call.subcommand === subcommand);
  }
}
