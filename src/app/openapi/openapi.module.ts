import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ApiDocumentController } from './api-document.controller.js';
import { LegacySchemaController } from './legacy-schema.controller.js';
import { OpenApiDocuments } from './openapi-documents.js';

/** The OpenAPI documents of both APIs and the pages that show them. */
@Module({
  imports: [DiscoveryModule],
  controllers: [ApiDocumentController, LegacySchemaController],
  providers: [OpenApiDocuments],
})
export class OpenApiModule {}
