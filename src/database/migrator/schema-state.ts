import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { rows } from '../sql.js';
import { assess, unfinished } from './history-rules.js';
import { loadBuild } from './migration-files.js';
import { readHistoryWith } from './migration-store.js';
import { type Migration, type MigrationHistory } from './migration.types.js';

/** Names of migrations. */
export interface SchemaComparison {
  /** Of this build, and not applied. */
  pending: string[];
  /** Applied, and not in this build. */
  unknown: string[];
  /** Of the unknown ones, those this build may not work with. */
  harmful: string[];
  /** Under way, or broken off. */
  unfinished: string[];
}

/** Compares the database with what this build needs, while the service runs. */
@Injectable()
export class SchemaState {
  private build: Promise<Migration[]> | null = null;
  private wasComplete = false;

  constructor(private readonly dataSource: DataSource) {}

  /** Whether every migration of this build is applied. Asked until it is: nothing but a revert takes it back. */
  async isComplete(): Promise<boolean> {
    this.wasComplete ||= (await this.compare()).pending.length === 0;
    return this.wasComplete;
  }

  async compare(): Promise<SchemaComparison> {
    this.build ??= loadBuild();
    const history = await this.history();
    const { pending, unknown, problems } = assess(await this.build, history);
    return {
      pending: pending.map(({ name }) => name),
      unknown,
      harmful: problems.filter(({ kind }) => kind === 'databaseAhead').flatMap(({ names }) => names),
      unfinished: unfinished(history).map(({ name }) => name),
    };
  }

  private history(): Promise<MigrationHistory> {
    return readHistoryWith((sql, parameters) => rows(this.dataSource, sql, parameters));
  }
}
