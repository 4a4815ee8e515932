import { canonicalJson, encodeLeaf, formatTimeUs } from '#evidence';
import { RejectedInput } from '#model';
import type { Principal } from '#server';
import { readSettings, recordSetting, type Client, type Setting, type SettingTable } from '#store';
import { z } from 'zod';
import { formatWireTime, Json } from '../wire.ts';
import type { SettingView } from './setting-bodies.ts';

const LEAF_KINDS = {
  definitions: 'definition',
  policies: 'policy',
  key_mappings: 'key_mapping',
  baselines: 'baseline',
} as const;
const MAX_RULE_BYTES = 24 * 1024;

export interface NewVersion {
  readonly name: string;
  readonly validFrom?: bigint | null | undefined;
  readonly rule: unknown;
}

/**
 * Makes the next version of a setting; the same rule again makes none.
 *
 * @param shipped names that have a shipped version 0
 * @throws RejectedInput `too_large` when the rule does not fit an evidence leaf
 */
export async function recordVersion(
  client: Client,
  caller: Principal,
  table: SettingTable,
  body: NewVersion,
  shipped: readonly string[],
  nowUs: bigint,
): Promise<{ setting: Setting; isNew: boolean }> {
  const rule = Json.parse(body.rule);
  const text = canonicalJson(rule);
  if (Buffer.byteLength(text) > MAX_RULE_BYTES)
    throw new RejectedInput('too_large', `a rule has at most ${MAX_RULE_BYTES} bytes`, 'rule');
  const standing = (await readSettings(client, caller.tenantId, table)).filter(
    ({ name }) => name === body.name,
  );
  const newest = standing.at(-1);
  const isSameRule = newest !== undefined && canonicalJson(Json.parse(newest.rule)) === text;
  const validFromUs =
    body.validFrom !== undefined
      ? body.validFrom
      : isSameRule
        ? newest.validFromUs
        : defaultStart(body.name, standing, shipped, nowUs);
  const { version, isNew } = await recordSetting(client, caller.tenantId, {
    table,
    name: body.name,
    validFromUs,
    rule: text,
    recordedAtUs: nowUs,
    createdBy: caller.principalId,
    leaf: (version) =>
      encodeLeaf(LEAF_KINDS[table], nowUs, {
        name: body.name,
        version,
        validFrom: validFromUs === null ? null : formatTimeUs(validFromUs),
        rule,
        key: caller.keyId,
        bootstrap: caller.isBootstrap ? true : undefined,
      }),
  });
  const stored = (await readSettings(client, caller.tenantId, table)).find(
    (setting) => setting.name === body.name && setting.version === version,
  );
  return { setting: stored!, isNew };
}

/** New rules hold from now on unless told otherwise; where nothing was in force there is nothing to keep. */
function defaultStart(
  name: string,
  standing: readonly Setting[],
  shipped: readonly string[],
  nowUs: bigint,
): bigint | null {
  return standing.length === 0 && !shipped.includes(name) ? null : nowUs;
}

export function toSettingView(setting: Setting): z.infer<typeof SettingView> {
  return {
    name: setting.name,
    version: setting.version,
    validFrom: setting.validFromUs === null ? null : formatWireTime(setting.validFromUs),
    rule: Json.parse(setting.rule),
    createdAt: formatWireTime(setting.createdAtUs),
    createdBy: setting.createdBy,
  };
}
