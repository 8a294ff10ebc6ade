import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { retryHeaders } from '../common/http/problem.filter.js';
import { CredentialsRejectedError, MembershipRequiredError, TokenRejectedError } from '../auth/auth.errors.js';
import { TooManyAttemptsError } from '../throttling/throttling.errors.js';
import { LegacyAnswer, sendLegacyAnswer } from './legacy-answer.js';

type TokenFailure = CredentialsRejectedError | MembershipRequiredError | TokenRejectedError | TooManyAttemptsError;

const CHALLENGE = { 'www-authenticate': 'Bearer realm="api"' };

/** Failures of the token endpoints in the old system's shapes; everything else goes on to the general filter. */
@Catch(CredentialsRejectedError, MembershipRequiredError, TokenRejectedError, TooManyAttemptsError)
export class LegacyTokenFilter implements ExceptionFilter<TokenFailure> {
  catch(error: TokenFailure, host: ArgumentsHost): void {
    sendLegacyAnswer(host.switchToHttp().getResponse<FastifyReply>(), toAnswer(error));
  }
}

function toAnswer(error: TokenFailure): LegacyAnswer {
  if (error instanceof TokenRejectedError)
    return new LegacyAnswer(401, { detail: error.message, code: 'token_not_valid' }, CHALLENGE);
  if (error instanceof MembershipRequiredError) return new LegacyAnswer(403, { detail: error.message });
  if (error instanceof TooManyAttemptsError)
    return new LegacyAnswer(429, { detail: error.message }, retryHeaders(error));
  return new LegacyAnswer(401, { detail: error.message }, CHALLENGE);
}
