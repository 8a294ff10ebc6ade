import {
  Body,
  Controller,
  HttpCode,
  Post,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type z } from 'zod';
import { AccountAdministrationService } from '../accounts/account-administration.service.js';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { type BulkResult, bulkResultSchema, doToEach } from '../common/paging/bulk.js';
import { userIdsSchema } from './admin-users.schemas.js';

type Ids = z.infer<typeof userIdsSchema>;

/** Several accounts at once; each is answered for itself. */
@Controller('admin/users')
@Requires('users.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminUsersBulkController {
  constructor(private readonly accounts: AccountAdministrationService) {}

  @Post('activate')
  @HttpCode(200)
  @SerializeOptions({ schema: bulkResultSchema })
  activate(@Body({ schema: userIdsSchema }) { ids }: Ids, @CurrentActor() actor: Actor): Promise<BulkResult> {
    return doToEach(ids, (id) => this.accounts.update(id, { isActive: true }, actor));
  }

  @Post('deactivate')
  @HttpCode(200)
  @SerializeOptions({ schema: bulkResultSchema })
  deactivate(@Body({ schema: userIdsSchema }) { ids }: Ids, @CurrentActor() actor: Actor): Promise<BulkResult> {
    return doToEach(ids, (id) => this.accounts.update(id, { isActive: false }, actor));
  }
}
