import { AccessLogController } from '../access/access-log.controller.ts';
import { GrantsController } from '../access/grants.controller.ts';
import { ExportsController } from '../exports/exports.controller.ts';
import { TableExportsController } from '../exports/table-exports.controller.ts';
import { ProofsController } from './proofs.controller.ts';
import { ReceiptsController } from './receipts.controller.ts';
import { TlogController } from './tlog.controller.ts';

export const EVIDENCE_CONTROLLERS = [
  TlogController,
  ProofsController,
  ReceiptsController,
  ExportsController,
  TableExportsController,
  GrantsController,
  AccessLogController,
];
