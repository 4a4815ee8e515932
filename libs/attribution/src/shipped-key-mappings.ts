import type { KeyMapping } from './find-work-item-keys.ts';
import { RUN_KIND } from './own-evidence.ts';

const registered = ['ticket', 'claim', 'order', 'case', 'invoice', 'contract'];

/** The default key mappings of architecture 10, version 0: in force for every tenant until it sets its own. */
export const SHIPPED_KEY_MAPPINGS: readonly KeyMapping[] = [
  {
    name: 'work-item-attributes',
    version: 0,
    attribute: 'work_item.key',
    kind: null,
    kindAttribute: 'work_item.kind',
    tier: 'E1',
  },
  ...registered.map((kind): KeyMapping => ({
    name: `${kind}-id`,
    version: 0,
    attribute: `${kind}.id`,
    kind,
    kindAttribute: null,
    tier: 'E1',
  })),
  {
    name: 'run-id',
    version: 0,
    attribute: 'run.id',
    kind: RUN_KIND,
    kindAttribute: null,
    tier: 'E1',
  },
];
