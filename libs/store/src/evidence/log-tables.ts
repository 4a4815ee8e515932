/** The two logs of a tenant: of what happened, and of who read content. The same tables twice. */
export type LogName = 'evidence' | 'access';

/** Where each log is kept. Names are fixed here and never come from outside. */
export const LOG_TABLES = {
  evidence: {
    inbox: 'evidence_inbox',
    leaves: 'leaves',
    nodes: 'tree_nodes',
    heads: 'log_heads',
    checkpoints: 'checkpoints',
  },
  access: {
    inbox: 'access_inbox',
    leaves: 'access_leaves',
    nodes: 'access_nodes',
    heads: 'access_heads',
    checkpoints: 'access_checkpoints',
  },
} as const satisfies Record<LogName, Record<string, string>>;
