import {
  type CallHandler,
  type ExecutionContext,
  HttpException,
  Injectable,
  Module,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_INTERCEPTOR, Reflector } from '@nestjs/core';
import { type Observable } from 'rxjs';
import { ACCESS_RULE, type AccessRule } from '../../src/common/access/access.decorators.js';

/** What a request is answered that all guards let pass. No handler answers this. */
export const LET_IN = 418;

/**
 * Once told to, stops requests between the guards and the handler, so that a test may call every route as anybody
 * without anything being deleted, sent or logged out. Handlers of the old contract are not stopped: they decide
 * themselves who may do what.
 */
@Injectable()
export class HandlerStop implements NestInterceptor {
  isActive = false;

  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const targets = [context.getHandler(), context.getClass()];
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, targets);
    if (!this.isActive || rule?.kind === 'legacy') return next.handle();
    throw new HttpException('let in', LET_IN);
  }
}

@Module({ providers: [HandlerStop, { provide: APP_INTERCEPTOR, useExisting: HandlerStop }] })
export class HandlerStopModule {}
