import { Controller, Get, Header, NotFoundException, Param, Res } from '@nestjs/common';
import { type OpenAPIObject } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access } from '../../common/access/access.decorators.js';
import { OpenApiDocuments } from './openapi-documents.js';
import { ASSETS, isAsset, readAsset, referencePage } from './reference-page.js';

/** The document of the new API, and a page that shows it. */
@Controller('api/v1')
@Access({ kind: 'public', reason: 'the documents describe the API; they hold no data' })
export class ApiDocumentController {
  constructor(private readonly documents: OpenApiDocuments) {}

  @Get('openapi.json')
  openApi(): Promise<OpenAPIObject> {
    return this.documents.get('modern');
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return referencePage('/api/v1/openapi.json', '/api/v1/docs/', true);
  }

  @Get('docs/:asset')
  async asset(
    @Param('asset', { schema: z.string().max(100) }) name: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    if (!isAsset(name)) throw new NotFoundException('There is no such file.');
    void reply.header('content-type', ASSETS[name]).header('cache-control', 'public, max-age=86400');
    return readAsset(name);
  }
}
