import { canonicalJson, encodeLeaf, formatTimeUs } from '#evidence';
import { RejectedInput } from '#model';
import type { Principal } from '#server';
import {
  readSettings,
  recordSetting,
  type Client,
  type PreviewProof,
  type PreviewRow,
  type Setting,
  type SettingTable,
} from '#store';
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
  readonly mode?: 'prospective' | 'retrospective' | undefined;
  readonly rule: unknown;
}

/** What the next version of a setting would be. */
export interface PlannedVersion {
  /** Canonical JSON text. */
  readonly rule: string;
  readonly validFromUs: bigint | null;
  /** Newest version of the name now; 0 = there is none. */
  readonly basedOn: number;
  /** The newest version says the same rule. */
  readonly isKnown: boolean;
  /** It begins before now. */
  readonly isBackdated: boolean;
}

/**
 * What `recordVersion` would record, as of now.
 *
 * @param shipped names that have a shipped version 0
 * @throws RejectedInput `too_large` when the rule does not fit an evidence leaf; `unprocessable` where its mode and its
 *   start contradict each other
 */
export async function planSetting(
  client: Client,
  { tenantId }: Principal,
  table: SettingTable,
  body: NewVersion,
  shipped: readonly string[],
  nowUs: bigint,
): Promise<PlannedVersion> {
  const text = canonicalJson(Json.parse(body.rule));
  if (Buffer.byteLength(text) > MAX_RULE_BYTES)
    throw new RejectedInput('too_large', `a rule has at most ${MAX_RULE_BYTES} bytes`, 'rule');
  const standing = (await readSettings(client, tenantId, table)).filter(({ name }) => name === body.name);
  const newest = standing.at(-1);
  const isSameRule = newest !== undefined && canonicalJson(Json.parse(newest.rule)) === text;
  const validFromUs =
    body.validFrom !== undefined
      ? body.validFrom
      : isSameRule
        ? newest.validFromUs
        : defaultStart(body, standing, shipped, nowUs);
  const isBackdated = validFromUs === null || validFromUs < nowUs;
  if (body.mode === 'retrospective' && body.validFrom === undefined)
    throw new RejectedInput(
      'unprocessable',
      'says from when on the past is restated; null = from the beginning',
      'validFrom',
    );
  if (body.mode === 'prospective' && isBackdated && !isSameRule)
    throw new RejectedInput('unprocessable', 'begins before now, so it is not prospective', 'validFrom');
  return {
    rule: text,
    validFromUs,
    basedOn: newest?.version ?? 0,
    isKnown: isSameRule,
    isBackdated,
  };
}

/**
 * Makes the next version of a setting; the same rule again makes none.
 *
 * @param planned by `planSetting`, in the same transaction
 * @param preview that it was recorded by
 */
export async function recordVersion(
  client: Client,
  caller: Principal,
  table: SettingTable,
  body: NewVersion,
  planned: PlannedVersion,
  nowUs: bigint,
  preview: PreviewProof | null = null,
): Promise<{ setting: Setting; isNew: boolean }> {
  const { validFromUs } = planned;
  const { version, isNew } = await recordSetting(client, caller.tenantId, {
    table,
    name: body.name,
    validFromUs,
    rule: planned.rule,
    recordedAtUs: nowUs,
    createdBy: caller.principalId,
    leaf: (version) =>
      encodeLeaf(LEAF_KINDS[table], nowUs, {
        name: body.name,
        version,
        validFrom: validFromUs === null ? null : formatTimeUs(validFromUs),
        mode: body.mode,
        rule: Json.parse(body.rule),
        key: caller.keyId,
        bootstrap: caller.isBootstrap ? true : undefined,
        preview: preview ?? undefined,
      }),
  });
  const stored = (await readSettings(client, caller.tenantId, table)).find(
    (setting) => setting.name === body.name && setting.version === version,
  );
  return { setting: stored!, isNew };
}

/** @throws RejectedInput `conflict` where another version of the name was recorded since the preview was asked for */
export function holdAgainstPreview(planned: PlannedVersion, preview: PreviewRow): void {
  const isRecorded = planned.isKnown && planned.rule === preview.rule;
  if (!isRecorded && (planned.rule !== preview.rule || planned.basedOn !== preview.basedOn))
    throw new RejectedInput(
      'conflict',
      'what it is based on is not what it was when the preview was asked for: ask for another one',
      'previewId',
    );
}

/** New rules hold from now on unless told otherwise; where nothing was in force there is nothing to keep. */
function defaultStart(
  { name, mode }: NewVersion,
  standing: readonly Setting[],
  shipped: readonly string[],
  nowUs: bigint,
): bigint | null {
  return standing.length === 0 && !shipped.includes(name) && mode !== 'prospective' ? null : nowUs;
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
