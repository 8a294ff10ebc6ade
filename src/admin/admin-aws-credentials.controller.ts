import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Post,
  Query,
  Req,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type z } from 'zod';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor, actorLabel } from '../common/access/actor.js';
import { MayBeUnavailable } from '../common/http/documented-answers.js';
import { type CredentialsStatus } from '../credentials/credentials.types.js';
import { AwsLoginService } from '../operations/aws-login/aws-login.service.js';
import { type Peer } from '../operations/aws-login/aws-login.types.js';
import {
  awsCredentialsQuerySchema,
  awsCredentialsSchema,
  awsLoginSchema,
  awsLogoutSchema,
  awsSessionQuerySchema,
  awsSessionSchema,
} from './admin-aws-credentials.schemas.js';

/** The credentials the service has for AWS. Who they are is told to staff; they are changed on a machine of one's own only. */
@Controller('admin/aws/credentials')
@Requires('settings.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminAwsCredentialsController {
  constructor(private readonly logins: AwsLoginService) {}

  @Get('status')
  @Header('cache-control', 'no-store')
  @MayBeUnavailable()
  @SerializeOptions({ schema: awsCredentialsSchema })
  async status(
    @Query({ schema: awsCredentialsQuerySchema }) { profile }: z.infer<typeof awsCredentialsQuerySchema>,
  ): Promise<z.infer<typeof awsCredentialsSchema>> {
    return toResponse(await this.logins.status(profile ?? null));
  }

  /** Gets a session with a second factor, as `psctl creds login` does. */
  @Post('mfa')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @MayBeUnavailable()
  @SerializeOptions({ schema: awsSessionSchema })
  async logIn(
    @Body({ schema: awsLoginSchema }) { code, sourceProfile, serial, ...wish }: z.infer<typeof awsLoginSchema>,
    @CurrentActor() actor: Actor,
    @Req() request: FastifyRequest,
  ): Promise<z.infer<typeof awsSessionSchema>> {
    const login = { ...wish, sourceProfile: sourceProfile ?? null, serial: serial ?? null };
    const { isReused, ...status } = await this.logins.logIn(
      { ...login, moveLongTermTo: null, hasBackup: false, role: null },
      code,
      { actor: actorLabel(actor), peer: peerOf(request) },
    );
    return { ...toResponse(status), isReused };
  }

  /** Removes the session; it is done as well when there is none. */
  @Delete('session')
  @Header('cache-control', 'no-store')
  @SerializeOptions({ schema: awsLogoutSchema })
  async logOut(
    @Query({ schema: awsSessionQuerySchema }) { profile }: z.infer<typeof awsSessionQuerySchema>,
    @CurrentActor() actor: Actor,
    @Req() request: FastifyRequest,
  ): Promise<z.infer<typeof awsLogoutSchema>> {
    return { wasThere: await this.logins.logOut(profile, { actor: actorLabel(actor), peer: peerOf(request) }) };
  }
}

function peerOf({ socket, headers, ips }: FastifyRequest): Peer {
  return {
    remoteAddress: socket.remoteAddress,
    isForwarded: headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined,
    // The first is the connection's other end; who stands behind it is added when that is believed.
    isTrusted: (ips?.length ?? 0) > 1,
  };
}

function toResponse({ expiresAt, ...status }: CredentialsStatus): z.infer<typeof awsCredentialsSchema> {
  return { ...status, expiresAt: expiresAt?.toISOString() ?? null };
}
