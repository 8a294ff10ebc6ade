import {
  Controller,
  Get,
  Query,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type z } from 'zod';
import { Requires } from '../common/access/access.decorators.js';
import { MayBeUnavailable } from '../common/http/documented-answers.js';
import { EcsExecCheckService } from '../operations/ecs-exec/ecs-exec-check.service.js';
import { type ExecReport } from '../operations/ecs-exec/ecs-exec.types.js';
import { execCheckQuerySchema, execReportSchema } from './admin-ecs.schemas.js';

/** Where the service itself runs. */
@Controller('admin/ecs')
@Requires('clusters.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminEcsController {
  constructor(private readonly checks: EcsExecCheckService) {}

  /** What `psctl ecs check` says, as far as the service can see it: with its own rights, and without your machine. */
  @Get('exec-check')
  @MayBeUnavailable()
  @SerializeOptions({ schema: execReportSchema })
  check(@Query({ schema: execCheckQuerySchema }) query: z.infer<typeof execCheckQuerySchema>): Promise<ExecReport> {
    return this.checks.check(query, 'service');
  }
}
