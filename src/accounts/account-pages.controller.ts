import { Controller, Get, Header, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { Access } from '../common/access/access.decorators.js';
import { GITHUB_PAGE, type HtmlPage, RESET_PASSWORD_PAGE, VERIFY_EMAIL_PAGE } from './account-pages.js';

/** Pages that links in mails open, so that they work without any other website. */
@Controller('accounts')
@Access({ kind: 'public', reason: 'the pages hold no data; what they send is checked like any request' })
export class AccountPagesController {
  @Get('verify-email')
  @Header('content-type', 'text/html; charset=utf-8')
  verifyEmail(@Res({ passthrough: true }) reply: FastifyReply): string {
    return show(reply, VERIFY_EMAIL_PAGE);
  }

  @Get('reset-password')
  @Header('content-type', 'text/html; charset=utf-8')
  resetPassword(@Res({ passthrough: true }) reply: FastifyReply): string {
    return show(reply, RESET_PASSWORD_PAGE);
  }

  @Get('github')
  @Header('content-type', 'text/html; charset=utf-8')
  github(@Res({ passthrough: true }) reply: FastifyReply): string {
    return show(reply, GITHUB_PAGE);
  }
}

function show(reply: FastifyReply, { html, contentSecurityPolicy }: HtmlPage): string {
  void reply.header('content-security-policy', contentSecurityPolicy);
  return html;
}
