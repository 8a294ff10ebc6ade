import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Headers, HttpCode, Patch, Put, Req, UseFilters, UseGuards } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CredentialsRejectedError } from '../auth/auth.errors.js';
import { LoginService } from '../auth/login.service.js';
import { Access } from '../common/access/access.decorators.js';
import { actorLabel } from '../common/access/actor.js';
import { Answers, Fields } from '../common/http/documented-answers.js';
import { RawBody } from '../common/http/raw-body.js';
import { AppConfig } from '../config/app-config.js';
import { SettingsService } from '../settings/settings.service.js';
import { ThrottleService } from '../throttling/throttle.service.js';
import { DEVELOPER_GROUP, type User } from '../users/users.types.js';
import { LegacyAccess } from './legacy-access.js';
import { failed } from './legacy-answer.js';
import { detailSchema, failedSchema, formAnswers, refusedTokenSchema } from './legacy-answers.schemas.js';
import { readBody } from './legacy-body.js';
import { LegacyAcceptGuard } from './legacy-media-types.js';
import { LegacyTokenFilter } from './legacy-token.filter.js';
import { slashed } from './legacy-routes.js';

const FIELDS = ['username', 'password', 'mfa_code'] as const;
/** The two ports a deployment alternates between, as the operators' script knows them. */
const PORTS = ['50051', '50052'] as const;

const fieldsSchema = z.object({ username: z.string(), password: z.string(), mfa_code: z.string() });
const switchedOffSchema = z.object({ status: z.literal('SUCCESS'), msg: z.string(), alternate_port: z.string() });
type SwitchedOff = z.infer<typeof switchedOffSchema>;

const DISABLE = formAnswers({ 200: switchedOffSchema, 401: failedSchema, 403: refusedTokenSchema, 429: detailSchema });

/** How the operators' script stops the old version before a new one takes over (contract section 1.7). */
@Controller('api/disable_provisioning')
@Access({ kind: 'legacy' })
@UseGuards(LegacyAcceptGuard)
@UseFilters(LegacyTokenFilter)
export class LegacyProvisioningController {
  constructor(
    private readonly access: LegacyAccess,
    private readonly logins: LoginService,
    private readonly throttle: ThrottleService,
    private readonly settings: SettingsService,
    private readonly config: AppConfig,
  ) {}

  @Put(slashed(''))
  @HttpCode(200)
  @Fields(fieldsSchema)
  @Answers(DISABLE)
  async disable(
    @Headers('authorization') authorization: string | undefined,
    @Req() { body, ip }: FastifyRequest,
  ): Promise<SwitchedOff> {
    // Nobody needs a token here; one that is sent has to be good all the same.
    this.access.authenticate(authorization);
    const given = await readBody(RawBody.of(body));
    const [username, password, code] = FIELDS.map((name) => given[name]);
    if (!isFilled(username) || !isFilled(password) || !isGiven(code)) throw failed(400, 'Missing required fields');
    const user = await this.logIn(username, password, ip);
    if (!user.groups.includes(DEVELOPER_GROUP)) throw failed(401, 'User is not a PS_Developer');
    await this.checkCode(user, code);
    await this.settings.set('provisioningDisabled', true, actorLabel(user));
    const alternate = this.config.env.PS_SERVER_PORT === PORTS[0] ? PORTS[1] : PORTS[0];
    return {
      status: 'SUCCESS',
      msg: 'You have disabled provisioning! Re-Deploy required!',
      alternate_port: alternate,
    };
  }

  @Patch(slashed(''))
  @HttpCode(200)
  @Fields(fieldsSchema)
  @Answers(DISABLE)
  disableByPatch(
    @Headers('authorization') authorization: string | undefined,
    @Req() request: FastifyRequest,
  ): Promise<SwitchedOff> {
    return this.disable(authorization, request);
  }

  private async logIn(username: string, password: string, address: string): Promise<User> {
    try {
      return await this.logins.authenticate('sessionLogin', username, password, address);
    } catch (error) {
      if (error instanceof CredentialsRejectedError) throw failed(400, 'Invalid username/password');
      throw error;
    }
  }

  private async checkCode({ username }: User, code: unknown): Promise<void> {
    const wanted = this.config.env.PS_DISABLE_PROVISIONING_CODE?.reveal();
    const isRight = await this.throttle.guard('provisioningCode', { account: username }, () =>
      Promise.resolve(wanted !== undefined && typeof code === 'string' && isSame(code, wanted) ? true : null),
    );
    if (!isRight) throw failed(400, 'Invalid MFA code');
  }
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** A number is there, even though it is never the code. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** In a time that says nothing about either. */
function isSame(given: string, wanted: string): boolean {
  const [a, b] = [given, wanted].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
