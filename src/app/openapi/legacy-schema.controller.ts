import { Controller, Get, Header, Headers, Query, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access } from '../../common/access/access.decorators.js';
import { OpenApiDocuments } from './openapi-documents.js';
import { referencePage } from './reference-page.js';

/** Whatever else is in the query is none of our business. */
const querySchema = z.object({ format: z.string().optional() });

const YAML = 'application/vnd.oai.openapi; charset=utf-8';
const JSON_DOCUMENT = 'application/vnd.oai.openapi+json; charset=utf-8';

/** The old contract's endpoint 14: its OpenAPI document, YAML unless JSON is asked for, and two pages. */
@Controller('api/schema')
@Access({ kind: 'public', reason: 'the old system showed its API to everybody' })
export class LegacySchemaController {
  constructor(private readonly documents: OpenApiDocuments) {}

  @Get('//')
  async schema(
    @Query({ schema: querySchema }) { format }: z.infer<typeof querySchema>,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const document = await this.documents.get('legacy');
    const isJson = format === undefined ? accept?.includes('json') === true : format === 'json';
    void reply.header('content-type', isJson ? JSON_DOCUMENT : YAML).header('vary', 'Accept, Origin');
    if (isJson) return JSON.stringify(document);
    const { dump } = await import('js-yaml');
    return dump(document, { noRefs: true });
  }

  @Get('swagger-ui//')
  @Header('content-type', 'text/html; charset=utf-8')
  swaggerUi(): string {
    return referencePage('/api/schema/?format=json', '/api/v1/docs/', true);
  }

  /** The same reference, laid out for reading. */
  @Get('redoc//')
  @Header('content-type', 'text/html; charset=utf-8')
  redoc(): string {
    return referencePage('/api/schema/?format=json', '/api/v1/docs/', false);
  }
}
