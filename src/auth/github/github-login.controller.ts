import {
  Body,
  Controller,
  Get,
  Header,
  Headers,
  HttpCode,
  Ip,
  Post,
  Query,
  Res,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type z } from 'zod';
import { Access } from '../../common/access/access.decorators.js';
import { clientNetwork } from '../../common/http/client-network.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { type SessionResponse, sessionSchema, toSessionResponse } from '../session.schemas.js';
import { GithubBrowserFlow } from './github-browser-flow.service.js';
import { GithubCookies } from './github-cookies.js';
import { GithubDeviceFlow } from './github-device-flow.service.js';
import {
  callbackQuerySchema,
  type DeviceCodesResponse,
  deviceCodesSchema,
  type DeviceLoginResponse,
  deviceLoginSchema,
  deviceTokenSchema,
  type Redirect,
  redirectSchema,
  startQuerySchema,
  toDeviceCodesResponse,
  toDeviceLoginResponse,
} from './github-login.schemas.js';

/** A page of this service; see src/accounts/account-pages.ts. */
const DEFAULT_PAGE = '/accounts/github';

/** Personal logins through GitHub: for browsers with a code, for command lines with a device code. */
@Controller('api/v1/auth/github')
@Access({ kind: 'public', reason: 'this is where a login begins and ends' })
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class GithubLoginController {
  constructor(
    private readonly browser: GithubBrowserFlow,
    private readonly device: GithubDeviceFlow,
    private readonly cookies: GithubCookies,
    private readonly throttle: ThrottleService,
  ) {}

  @Get('start')
  @HttpCode(302)
  @Header('cache-control', 'no-store')
  @SerializeOptions({ schema: redirectSchema })
  async start(
    @Query({ schema: startQuerySchema }) { returnTo }: z.infer<typeof startQuerySchema>,
    @Ip() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Redirect> {
    const { location, cookie } = await this.limited(address, () => this.browser.begin(returnTo ?? DEFAULT_PAGE, null));
    void reply.header('location', location).header('set-cookie', this.cookies.state.write(cookie));
    return { location };
  }

  /** Where GitHub sends the browser. What is wrong is answered as a problem. */
  @Get('callback')
  @HttpCode(303)
  @Header('cache-control', 'no-store')
  @SerializeOptions({ schema: redirectSchema })
  async callback(
    @Query({ schema: callbackQuerySchema }) { state, code, error }: z.infer<typeof callbackQuerySchema>,
    @Headers('cookie') cookies: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Redirect> {
    void reply.header('set-cookie', this.cookies.state.clear());
    const { returnTo: location, pickup } = await this.browser.finish({
      state,
      code: error === undefined ? (code ?? null) : null,
      cookie: this.cookies.state.read(cookies),
    });
    if (pickup !== null) void reply.header('set-cookie', this.cookies.pickup.write(pickup));
    void reply.header('location', location);
    return { location };
  }

  /** The session of the browser that has just come back. It is in no address, so in no history and no log. */
  @Post('session')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @SerializeOptions({ schema: sessionSchema })
  async session(
    @Headers('cookie') cookies: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionResponse> {
    void reply.header('set-cookie', this.cookies.pickup.clear());
    return toSessionResponse(await this.browser.pickUp(this.cookies.pickup.read(cookies)));
  }

  @Post('device')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @SerializeOptions({ schema: deviceCodesSchema })
  async beginDevice(@Ip() address: string): Promise<DeviceCodesResponse> {
    return toDeviceCodesResponse(await this.limited(address, () => this.device.begin(null)));
  }

  @Post('device/token')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @SerializeOptions({ schema: deviceLoginSchema })
  async pollDevice(
    @Body({ schema: deviceTokenSchema }) { device_code }: z.infer<typeof deviceTokenSchema>,
  ): Promise<DeviceLoginResponse> {
    return toDeviceLoginResponse(await this.device.pollLogin(device_code));
  }

  /** Each of them costs a row, and some a request to GitHub. */
  private limited<T>(address: string, begin: () => Promise<T>): Promise<T> {
    return this.throttle.guard('githubLogin', { address: clientNetwork(address) }, begin);
  }
}
