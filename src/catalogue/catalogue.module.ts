import { Module } from '@nestjs/common';
import { CatalogueAdministrationService } from './catalogue-administration.service.js';
import { CatalogueImportService } from './catalogue-import.service.js';
import { ClusterVersionsService } from './cluster-versions.service.js';
import { ClusterVersionsRepository } from './versions/cluster-versions.repository.js';

/** Releases of the cluster software, their variants, and who may choose them. */
@Module({
  providers: [
    ClusterVersionsRepository,
    ClusterVersionsService,
    CatalogueAdministrationService,
    CatalogueImportService,
  ],
  exports: [ClusterVersionsService, CatalogueAdministrationService, CatalogueImportService],
})
export class CatalogueModule {}
