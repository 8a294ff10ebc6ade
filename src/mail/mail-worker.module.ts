import { Module } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { AppConfig } from '../config/app-config.js';
import { FileMailer } from './file-mailer.js';
import { MailDelivery } from './mail-delivery.js';
import { MailLoop } from './mail-loop.js';
import { MailModule } from './mail.module.js';
import { Mailer } from './mailer.js';
import { SesMailer } from './ses-mailer.js';

/** Sends mails. Only processes of the roles `worker` and `all` have it. */
@Module({
  imports: [MailModule],
  providers: [
    {
      provide: Mailer,
      inject: [AppConfig, Clock],
      useFactory: (config: AppConfig, clock: Clock): Mailer =>
        config.env.PS_MAIL_TRANSPORT === 'ses' ? new SesMailer(config) : new FileMailer(config, clock),
    },
    MailDelivery,
    MailLoop,
  ],
})
export class MailWorkerModule {}
