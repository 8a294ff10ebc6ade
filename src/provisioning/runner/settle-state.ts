import { Logger } from '@nestjs/common';
import { newestState, readStateFile } from '../state/state-file.js';
import { type RunJournal, type StateSnapshot } from './run-journal.js';
import { type RunWorkdir } from './run-workdir.js';

const logger = new Logger('State');

/**
 * Makes the newest of all known states the one Terraform works on here, and stores it. Known are the stored one, the
 * local one, and errored.tfstate, which Terraform leaves when it cannot write the local one. True when it had left that.
 *
 * The local ones count only when no other host has stored a state since a run last worked here: what they say was never
 * seen by those who went on from the stored one. Throws InvalidStateError when a file is no state.
 */
export async function settleState(workdir: RunWorkdir, journal: RunJournal, fencingToken: string): Promise<boolean> {
  const durable = await journal.newestState();
  const local = readStateFile(workdir.state);
  const errored = readStateFile(workdir.erroredState);
  const isOvertaken = durable !== null && BigInt(durable.fencingToken) > workdir.fence();
  const newest: StateSnapshot | null = newestState([durable, ...(isOvertaken ? [] : [local, errored])]);
  // In this order a crash in between changes nothing of what the next call finds to be the newest.
  if (newest && !isSame(newest, local)) {
    if (local && !isAncestor(local, newest, isOvertaken)) putAside(workdir, workdir.state, local);
    workdir.write('terraform.tfstate', newest.content);
  }
  workdir.writeFence(fencingToken);
  if (newest && !isSame(newest, durable)) await journal.storeState(newest);
  if (errored) putAside(workdir, workdir.erroredState, errored);
  return errored !== null;
}

function isSame(state: StateSnapshot, other: StateSnapshot | null): boolean {
  return other?.content.equals(state.content) === true;
}

/** Whether the newer state grew from the older one, so that nothing is lost by overwriting it. */
function isAncestor(older: StateSnapshot, newer: StateSnapshot, isOvertaken: boolean): boolean {
  return older.lineage === newer.lineage && older.serial < newer.serial && !isOvertaken;
}

/** Kept for whoever investigates: it may know of resources the newest state does not. */
function putAside(workdir: RunWorkdir, path: string, { lineage, serial }: StateSnapshot): void {
  const kept = workdir.keepAside(path, `${lineage}-${serial}.tfstate`);
  logger.warn(`A state that is not the newest one, or was not written in good order, is kept in ${kept}`);
}
