import { Module } from '@nestjs/common';
import { ExpiredRowsLoop } from './expired-rows-loop.js';

/** Housekeeping of the tables. Only processes of the roles `worker` and `all` have it. */
@Module({ providers: [ExpiredRowsLoop] })
export class DatabaseWorkerModule {}
