import { Module } from '@nestjs/common';
import { ExpiredRows } from '../database/expired-rows.js';
import { ThrottleRepository } from './throttle.repository.js';
import { ThrottleService } from './throttle.service.js';

@Module({ providers: [ThrottleRepository, ThrottleService], exports: [ThrottleService] })
export class ThrottlingModule {
  constructor(expired: ExpiredRows) {
    expired.register({ table: 'throttle', column: 'window_ends_at' });
  }
}
