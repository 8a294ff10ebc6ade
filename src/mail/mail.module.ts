import { Module } from '@nestjs/common';
import { MailOutboxRepository } from './mail-outbox.repository.js';
import { MailOutboxService } from './mail-outbox.service.js';
import { MailSeal } from './mail-seal.js';
import { MailsService } from './mails.service.js';

@Module({
  providers: [MailOutboxRepository, MailSeal, MailOutboxService, MailsService],
  exports: [MailsService, MailOutboxService, MailOutboxRepository, MailSeal],
})
export class MailModule {}
