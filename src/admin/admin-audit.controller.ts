import {
  Controller,
  Get,
  Query,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { z } from 'zod';
import { AuditService } from '../audit/audit.service.js';
import { type AuditRecord } from '../audit/audit.types.js';
import { Requires } from '../common/access/access.decorators.js';
import { instantQuery, listQuerySchema, nextCursorSchema, searchable, toListQuery } from '../common/paging/page.js';

const auditQuerySchema = listQuerySchema(['id'], '-id', {
  organizationId: z.uuid().optional(),
  actor: searchable.optional().describe('`user:<name>` or `system:<part>`'),
  action: searchable.optional().describe('for example `organization.created`'),
  subjectId: searchable.optional(),
  since: instantQuery.optional(),
  until: instantQuery.optional().describe('exclusive'),
});

const auditEventSchema = z.object({
  id: z.string(),
  occurredAt: z.string().describe('UTC, ISO 8601'),
  organizationId: z.uuid().nullable().describe('null for what concerns the whole installation'),
  organizationName: z.string().nullable(),
  actor: z.string(),
  action: z.string(),
  subjectId: z.string(),
  details: z.record(z.string(), z.unknown()),
});
const auditPageSchema = z.object({ events: z.array(auditEventSchema), nextCursor: nextCursorSchema });

/** Who changed what, newest first. */
@Controller('admin/audit-events')
@Requires('audit.view')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminAuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @SerializeOptions({ schema: auditPageSchema })
  async list(
    @Query({ schema: auditQuerySchema }) query: z.infer<typeof auditQuerySchema>,
  ): Promise<z.infer<typeof auditPageSchema>> {
    const { items, nextCursor } = await this.audit.list(toListQuery(query));
    return { events: items.map(toResponse), nextCursor };
  }
}

function toResponse({ occurredAt, ...event }: AuditRecord): z.infer<typeof auditEventSchema> {
  return { ...event, occurredAt: occurredAt.toISOString() };
}
