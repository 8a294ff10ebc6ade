import { type DifferenceOf } from './difference.types.js';
import { alterSequence, createSequence } from './sql-text.js';
import { comeOrGo, main } from './step-makers.js';
import { type Step } from './step.types.js';

type OfRoutine = DifferenceOf<
  | 'add extension'
  | 'add sequence'
  | 'drop sequence'
  | 'change sequence'
  | 'own sequence'
  | 'disown sequence'
  | 'add routine'
  | 'drop routine'
  | 'replace routine'
>;

/** The steps of what tables use and do not hold: extensions, sequences and functions. */
export function routineSteps(difference: OfRoutine): Step[] {
  switch (difference.kind) {
    case 'add extension':
      // Whoever installed it before may use it too, so undoing does not remove it.
      return [
        main(
          `Adds the extension ${difference.name}`,
          difference.name,
          [`CREATE EXTENSION IF NOT EXISTS ${difference.name}`],
          [],
        ),
      ];
    case 'add sequence':
    case 'drop sequence': {
      const { name } = difference.sequence;
      const create = [createSequence(difference.sequence)];
      return comeOrGo(difference.kind === 'add sequence', 'the sequence', name, create, [`DROP SEQUENCE ${name}`]);
    }
    case 'change sequence': {
      const { from, to } = difference;
      return [main(`Changes the sequence ${to.name}`, to.name, [alterSequence(to)], [alterSequence(from)])];
    }
    case 'own sequence':
    case 'disown sequence': {
      const { sequence, owner } = difference;
      const own = [`ALTER SEQUENCE ${sequence} OWNED BY ${owner.table}.${owner.column}`];
      const disown = [`ALTER SEQUENCE ${sequence} OWNED BY NONE`];
      const isOwned = difference.kind === 'own sequence';
      const summary = `${isOwned ? 'Ties' : 'Unties'} the sequence ${sequence} ${isOwned ? 'to' : 'from'} its column`;
      return [main(summary, sequence, isOwned ? own : disown, isOwned ? disown : own)];
    }
    case 'add routine':
    case 'drop routine': {
      const { kind, signature } = difference.routine;
      const drop = [`DROP ${kind} ${signature}`];
      return comeOrGo(
        difference.kind === 'add routine',
        'the function',
        signature,
        createRoutine(difference.routine),
        drop,
      );
    }
    case 'replace routine': {
      const { from, to } = difference;
      const drop = from.result === to.result && from.kind === to.kind ? [] : [`DROP ${from.kind} ${from.signature}`];
      const undrop = drop.length === 0 ? [] : [`DROP ${to.kind} ${to.signature}`];
      const up = [...drop, ...createRoutine(to)];
      const step = main(`Replaces the function ${to.signature}`, to.signature, up, [...undrop, ...createRoutine(from)]);
      return [{ ...step, compat: drop.length === 0 ? 'expand' : 'contract' }];
    }
  }
}

function createRoutine({ language, definition }: { language: string; definition: string }): string[] {
  const text = definition.trimEnd();
  // It may name tables that are made later.
  return language === 'sql' ? ['SET LOCAL check_function_bodies = off', text] : [text];
}
