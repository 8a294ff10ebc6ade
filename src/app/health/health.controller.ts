import {
  Controller,
  Get,
  Res,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access } from '../../common/access/access.decorators.js';
import { type HealthReport, HealthService } from './health.service.js';

const statusSchema = z.object({ status: z.string() });
const reportSchema = z.object({
  status: z.enum(['ok', 'degraded', 'unavailable']),
  role: z.string(),
  findings: z.array(z.object({ code: z.string(), severity: z.enum(['error', 'warning']), message: z.string() })),
});

/** Probes for load balancers, orchestrators and operators. */
@Controller('health')
@Access({ kind: 'public', reason: 'probes carry no credentials, and answers name no organization' })
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** 200 while the process can answer at all. Does not touch the database: a database outage must not kill tasks. */
  @Get('live')
  @SerializeOptions({ schema: statusSchema })
  live(): { status: string } {
    return { status: 'ok' };
  }

  @Get('ready')
  @SerializeOptions({ schema: statusSchema })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: string }> {
    const isReady = await this.health.isReady();
    void reply.status(isReady ? 200 : 503);
    return { status: isReady ? 'ok' : 'unavailable' };
  }

  @Get('report')
  @SerializeOptions({ schema: reportSchema })
  report(): Promise<HealthReport> {
    return this.health.report();
  }
}
