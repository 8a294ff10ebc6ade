import {
  Body,
  Controller,
  HttpCode,
  Post,
  Req,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { z } from 'zod';
import { Access } from '../common/access/access.decorators.js';
import { type SessionResponse, sessionSchema, toSessionResponse } from './session.schemas.js';
import { SessionsService } from './sessions.service.js';

const credentialsSchema = z.strictObject({
  username: z.string().min(1).max(254).describe('username or verified e-mail address'),
  password: z.string().min(1).max(1024),
});

/** Personal logins. */
@Controller('api/v1/auth')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AuthController {
  constructor(private readonly sessions: SessionsService) {}

  @Post('login')
  @HttpCode(200)
  @Access({ kind: 'public', reason: 'this is where credentials are shown' })
  @SerializeOptions({ schema: sessionSchema })
  async logIn(
    @Body({ schema: credentialsSchema }) { username, password }: z.infer<typeof credentialsSchema>,
    @Req() request: { ip: string },
  ): Promise<SessionResponse> {
    return toSessionResponse(await this.sessions.logIn(username, password, request.ip));
  }
}
