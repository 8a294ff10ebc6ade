import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Post,
  Res,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type z } from 'zod';
import { CurrentActor, Requires } from '../../common/access/access.decorators.js';
import { type Actor } from '../../common/access/actor.js';
import { PasswordsService } from '../../users/passwords/passwords.service.js';
import { SocialAccountsService } from '../../users/social/social-accounts.service.js';
import { GithubBrowserFlow } from './github-browser-flow.service.js';
import { GithubCookies } from './github-cookies.js';
import { GithubDeviceFlow } from './github-device-flow.service.js';
import {
  authorizationSchema,
  type DeviceCodesResponse,
  deviceCodesSchema,
  type DeviceLinkResponse,
  deviceLinkSchema,
  deviceTokenSchema,
  type GithubAccountResponse,
  linkByBrowserSchema,
  linkByDeviceSchema,
  linkedGithubSchema,
  toDeviceCodesResponse,
  toDeviceLinkResponse,
  toGithubAccountResponse,
  unlinkedSchema,
} from './github-login.schemas.js';

const DEFAULT_PAGE = '/accounts/github#linked';

/**
 * The GitHub account of the caller's own account. Linking one takes the password: whoever is at GitHub's end of a link
 * can log in for good, and a stolen session alone must not lead there.
 */
@Controller('api/v1/account/github')
@Requires('account.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class GithubLinkController {
  constructor(
    private readonly accounts: SocialAccountsService,
    private readonly browser: GithubBrowserFlow,
    private readonly device: GithubDeviceFlow,
    private readonly cookies: GithubCookies,
    private readonly passwords: PasswordsService,
  ) {}

  @Get()
  @SerializeOptions({ schema: linkedGithubSchema })
  async get(@CurrentActor() { userId }: Actor): Promise<{ github: GithubAccountResponse | null }> {
    const account = await this.accounts.find(userId);
    return { github: account && toGithubAccountResponse(account) };
  }

  @Post('browser')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @SerializeOptions({ schema: authorizationSchema })
  async linkByBrowser(
    @CurrentActor() { userId }: Actor,
    @Body({ schema: linkByBrowserSchema }) { currentPassword, returnTo }: z.infer<typeof linkByBrowserSchema>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof authorizationSchema>> {
    await this.passwords.confirm(userId, currentPassword);
    const { location, cookie } = await this.browser.begin(returnTo ?? DEFAULT_PAGE, userId);
    void reply.header('set-cookie', this.cookies.state.write(cookie));
    return { authorizationUrl: location };
  }

  @Post('device')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @SerializeOptions({ schema: deviceCodesSchema })
  async linkByDevice(
    @CurrentActor() { userId }: Actor,
    @Body({ schema: linkByDeviceSchema }) { currentPassword }: z.infer<typeof linkByDeviceSchema>,
  ): Promise<DeviceCodesResponse> {
    await this.passwords.confirm(userId, currentPassword);
    return toDeviceCodesResponse(await this.device.begin(userId));
  }

  @Post('device/token')
  @HttpCode(200)
  @SerializeOptions({ schema: deviceLinkSchema })
  async pollDevice(
    @CurrentActor() { userId }: Actor,
    @Body({ schema: deviceTokenSchema }) { device_code }: z.infer<typeof deviceTokenSchema>,
  ): Promise<DeviceLinkResponse> {
    return toDeviceLinkResponse(await this.device.pollLink(device_code, userId));
  }

  @Delete()
  @SerializeOptions({ schema: unlinkedSchema })
  async unlink(@CurrentActor() { userId }: Actor): Promise<z.infer<typeof unlinkedSchema>> {
    await this.accounts.unlink(userId);
    return { message: 'The GitHub account is not linked any more. Sessions that began with it end by themselves.' };
  }
}
