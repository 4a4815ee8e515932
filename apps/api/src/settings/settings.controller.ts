import { Caller, RequireRole, type Principal } from '#server';
import { asTenant, readSettings, type SettingTable } from '#store';
import { Body, Controller, Get, Inject, Post, Query, Res, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { PreviewQuery, type PreviewKind } from '../previews/preview-kind.ts';
import { proveSetting } from './prove-setting.ts';
import { planSetting, recordVersion, toSettingView, type NewVersion } from './record-version.ts';
import {
  BaselineBody,
  DefinitionBody,
  KeyMappingBody,
  PolicyBody,
  SettingPage,
  SettingView,
} from './setting-bodies.ts';
import { SHIPPED_SETTINGS } from './shipped-settings.ts';

type Page = z.infer<typeof SettingPage>;
type View = z.infer<typeof SettingView>;

/** Dated versions of the tenant's rules; nothing is ever changed, only followed by a newer version. */
@ApiTags('settings')
@Controller('v1')
export class SettingsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get('definitions')
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: SettingPage })
  @ApiOperation({ summary: 'Outcome definitions, every version' })
  @ApiResponse({ status: 200, standardSchema: SettingPage })
  definitions(@Caller() caller: Principal): Promise<Page> {
    return this.list(caller, 'definitions');
  }

  @Post('definitions')
  @RequireRole('admin')
  @ApiOperation({ summary: 'Say what counts as the outcome of a kind of work item' })
  @ApiResponse({ status: 201, standardSchema: SettingView })
  @ApiResponse({
    status: 200,
    description: 'The newest version says so already',
    standardSchema: SettingView,
  })
  define(
    @Body({ schema: DefinitionBody }) body: z.infer<typeof DefinitionBody>,
    @Query({ schema: PreviewQuery }) { previewId }: z.infer<typeof PreviewQuery>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<View> {
    return this.record(caller, 'definitions', body, reply, { kind: 'definition', previewId });
  }

  @Get('policies')
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: SettingPage })
  @ApiOperation({ summary: 'Policies (overhead pools, dimensions), every version' })
  @ApiResponse({ status: 200, standardSchema: SettingPage })
  policies(@Caller() caller: Principal): Promise<Page> {
    return this.list(caller, 'policies');
  }

  @Post('policies')
  @RequireRole('admin')
  @ApiOperation({ summary: 'Declare overhead pools, or the attributes reports may group by' })
  @ApiResponse({ status: 201, standardSchema: SettingView })
  @ApiResponse({
    status: 200,
    description: 'The newest version says so already',
    standardSchema: SettingView,
  })
  declare(
    @Body({ schema: PolicyBody }) body: z.infer<typeof PolicyBody>,
    @Query({ schema: PreviewQuery }) { previewId }: z.infer<typeof PreviewQuery>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<View> {
    return this.record(caller, 'policies', body, reply, { kind: 'policy', previewId });
  }

  @Get('key-mappings')
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: SettingPage })
  @ApiOperation({ summary: 'Where work item keys are found in spans, every version' })
  @ApiResponse({ status: 200, standardSchema: SettingPage })
  keyMappings(@Caller() caller: Principal): Promise<Page> {
    return this.list(caller, 'key_mappings');
  }

  @Post('key-mappings')
  @RequireRole('admin')
  @ApiOperation({ summary: 'Name an attribute that holds work item keys' })
  @ApiResponse({ status: 201, standardSchema: SettingView })
  @ApiResponse({
    status: 200,
    description: 'The newest version says so already',
    standardSchema: SettingView,
  })
  map(
    @Body({ schema: KeyMappingBody }) body: z.infer<typeof KeyMappingBody>,
    @Query({ schema: PreviewQuery }) { previewId }: z.infer<typeof PreviewQuery>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<View> {
    return this.record(caller, 'key_mappings', body, reply, { kind: 'key_mapping', previewId });
  }

  @Get('baselines')
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: SettingPage })
  @ApiOperation({ summary: 'What outcomes cost another way, every version' })
  @ApiResponse({ status: 200, standardSchema: SettingPage })
  baselines(@Caller() caller: Principal): Promise<Page> {
    return this.list(caller, 'baselines');
  }

  @Post('baselines')
  @RequireRole('admin')
  @ApiOperation({ summary: 'Record what an outcome costs another way (a BPO contract, human minutes)' })
  @ApiResponse({ status: 201, standardSchema: SettingView })
  @ApiResponse({
    status: 200,
    description: 'The newest version says so already',
    standardSchema: SettingView,
  })
  compareWith(
    @Body({ schema: BaselineBody }) body: z.infer<typeof BaselineBody>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<View> {
    return this.record(caller, 'baselines', body, reply);
  }

  private async list({ tenantId }: Principal, table: SettingTable): Promise<Page> {
    const own = await asTenant(this.api.db, tenantId, (client) => readSettings(client, tenantId, table));
    return { items: [...SHIPPED_SETTINGS[table], ...own.map(toSettingView)] };
  }

  private async record(
    caller: Principal,
    table: SettingTable,
    body: NewVersion,
    reply: FastifyReply,
    asked: { readonly kind: PreviewKind; readonly previewId: string | undefined } | null = null,
  ): Promise<View> {
    const shipped = SHIPPED_SETTINGS[table].map(({ name }) => name);
    const nowUs = this.api.nowUs();
    const { setting, isNew } = await asTenant(this.api.db, caller.tenantId, async (client) => {
      const planned = await planSetting(client, caller, table, body, shipped, nowUs);
      const proof =
        asked === null ? null : await proveSetting(client, caller, { ...asked, body, planned }, nowUs);
      return recordVersion(client, caller, table, body, planned, nowUs, proof);
    });
    void reply.status(isNew ? 201 : 200);
    if (isNew) await this.api.wake('work-through-facts');
    return toSettingView(setting);
  }
}
