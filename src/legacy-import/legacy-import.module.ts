import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.js';
import { LegacyImportService } from './legacy-import.service.js';
import { ImportWriter } from './target/import-writer.js';
import { ImportedRowsRepository } from './target/imported-rows.repository.js';
import { OpeningBalancesRepository } from './target/opening-balances.repository.js';
import { TargetSessionRepository } from './target/target-session.repository.js';

/** The way from the old system's database into this one. */
@Module({
  imports: [CatalogueModule],
  providers: [
    ImportedRowsRepository,
    OpeningBalancesRepository,
    TargetSessionRepository,
    ImportWriter,
    LegacyImportService,
  ],
  exports: [LegacyImportService],
})
export class LegacyImportModule {}
