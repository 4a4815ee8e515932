import { SHIPPED_DEFINITIONS, SHIPPED_KEY_MAPPINGS } from '#attribution';
import type { SettingTable } from '#store';
import { z } from 'zod';
import { Json } from '../wire.ts';
import type { SettingView } from './setting-bodies.ts';

type View = z.infer<typeof SettingView>;
const shipped = (name: string, rule: unknown): View => ({
  name,
  version: 0,
  validFrom: null,
  rule: Json.parse(rule),
  createdAt: null,
  createdBy: null,
});

/** The rules every tenant begins with, as version 0 of their names. */
export const SHIPPED_SETTINGS: Readonly<Record<SettingTable, readonly View[]>> = {
  definitions: SHIPPED_DEFINITIONS.map(({ kind, outcomeType, verbs, waitingWindowMs }) =>
    shipped(kind, { outcomeType, verbs, waitingWindowMs }),
  ),
  key_mappings: SHIPPED_KEY_MAPPINGS.map(({ name, attribute, kind, kindAttribute, tier }) =>
    shipped(name, { attribute, kind, kindAttribute, tier }),
  ),
  policies: [],
  baselines: [],
};
