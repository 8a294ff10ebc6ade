import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  HttpCode,
  Post,
  Req,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CredentialsRejectedError, MembershipRequiredError } from '../auth/auth.errors.js';
import { GithubUnlinkedError } from '../auth/github/github-login.errors.js';
import { GithubLoginService } from '../auth/github/github-login.service.js';
import { Access } from '../common/access/access.decorators.js';
import { Answers, Fields } from '../common/http/documented-answers.js';
import { retryHeaders } from '../common/http/problem.filter.js';
import { RawBody } from '../common/http/raw-body.js';
import { GithubRejectedError, GithubUnavailableError } from '../github/github.errors.js';
import { TooManyAttemptsError } from '../throttling/throttling.errors.js';
import { LegacyAccess } from './legacy-access.js';
import { failed, LegacyAnswer, sendLegacyAnswer } from './legacy-answer.js';
import { failedSchema, formAnswers, refusedTokenSchema } from './legacy-answers.schemas.js';
import { readFields } from './legacy-body.js';
import { LegacyAcceptGuard } from './legacy-media-types.js';
import { slashed } from './legacy-routes.js';
import { type TokenAnswer, tokenAnswerSchema, toTokenAnswer } from './legacy-token-answer.js';

type GithubFailure =
  | CredentialsRejectedError
  | GithubRejectedError
  | GithubUnavailableError
  | GithubUnlinkedError
  | MembershipRequiredError
  | TooManyAttemptsError;

const githubFieldsSchema = z.object({ org_name: z.string(), access_token: z.string().describe('a token of GitHub') });

/** The failures of this endpoint in the old system's shapes; everything else goes on to the general filter. */
@Catch(
  CredentialsRejectedError,
  GithubRejectedError,
  GithubUnavailableError,
  GithubUnlinkedError,
  MembershipRequiredError,
  TooManyAttemptsError,
)
export class LegacyGithubFilter implements ExceptionFilter<GithubFailure> {
  catch(error: GithubFailure, host: ArgumentsHost): void {
    sendLegacyAnswer(host.switchToHttp().getResponse<FastifyReply>(), toAnswer(error));
  }
}

/** Organization tokens for a token of GitHub (contract section 1.4, endpoint 2). */
@Controller('api/org_token_github')
@Access({ kind: 'legacy' })
@UseGuards(LegacyAcceptGuard)
@UseFilters(LegacyGithubFilter)
export class LegacyGithubTokenController {
  constructor(
    private readonly access: LegacyAccess,
    private readonly github: GithubLoginService,
  ) {}

  /** Unlike the other token endpoints this one refuses a bad bearer token, although it needs none. */
  @Post(slashed(''))
  @HttpCode(200)
  @Fields(githubFieldsSchema)
  @Answers(formAnswers({ 200: tokenAnswerSchema, 403: z.union([failedSchema, refusedTokenSchema]), 429: failedSchema }))
  async obtain(@Req() { body, headers, ip }: FastifyRequest): Promise<TokenAnswer> {
    this.access.authenticate(headers.authorization);
    const { org_name, access_token } = await readFields(RawBody.of(body), ['org_name', 'access_token']).catch(
      unreadable,
    );
    return toTokenAnswer(await this.github.organizationTokens(access_token, org_name, ip));
  }
}

/** A body that cannot be parsed, or is of a type nobody parses, is a server error here and nowhere else. */
function unreadable(error: unknown): never {
  if (error instanceof LegacyAnswer && typeof error.body === 'object' && typeof error.body.detail === 'string')
    throw failed(500, `Server Error: ${error.body.detail}`);
  throw error;
}

function toAnswer(error: GithubFailure): LegacyAnswer {
  if (error instanceof GithubUnavailableError) return failed(500, `Server Error: ${error.message}`);
  if (error instanceof TooManyAttemptsError) {
    const { status, body } = failed(429, error.message);
    return new LegacyAnswer(status, body, retryHeaders(error));
  }
  const isUnknown = error instanceof GithubRejectedError || error instanceof GithubUnlinkedError;
  const reason = isUnknown ? 'No Social account found that matches login field of given token' : error.message;
  return failed(403, `Permission Denied: ${reason}`);
}
