import {
  Body,
  Controller,
  Get,
  Param,
  Put,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { z } from 'zod';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor, actorLabel } from '../common/access/actor.js';
import { SettingsService } from '../settings/settings.service.js';
import { type Setting, SETTING_NAMES } from '../settings/settings.types.js';

const nameSchema = z.enum(SETTING_NAMES);
const changeSchema = z.strictObject({ value: z.unknown() });
const settingSchema = z.object({
  name: z.string(),
  value: z.unknown(),
  description: z.string(),
  updatedAt: z.string().nullable().describe('UTC, ISO 8601; null while it has its default'),
  updatedBy: z.string().nullable(),
});
const settingListSchema = z.object({ settings: z.array(settingSchema) });

/** Switches of the whole installation. */
@Controller('admin/settings')
@Requires('settings.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminSettingsController {
  constructor(private readonly settings: SettingsService) {}

  @Get()
  @SerializeOptions({ schema: settingListSchema })
  async list(): Promise<z.infer<typeof settingListSchema>> {
    return { settings: (await this.settings.list()).map(toResponse) };
  }

  @Put(':name')
  @SerializeOptions({ schema: settingSchema })
  async change(
    @Param('name', { schema: nameSchema }) name: z.infer<typeof nameSchema>,
    @Body({ schema: changeSchema }) { value }: z.infer<typeof changeSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof settingSchema>> {
    return toResponse(await this.settings.change(name, value, actorLabel(actor)));
  }
}

function toResponse({ updatedAt, ...setting }: Setting): z.infer<typeof settingSchema> {
  return { ...setting, updatedAt: updatedAt?.toISOString() ?? null };
}
