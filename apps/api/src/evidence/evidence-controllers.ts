import { ProofsController } from './proofs.controller.ts';
import { ReceiptsController } from './receipts.controller.ts';
import { TlogController } from './tlog.controller.ts';

export const EVIDENCE_CONTROLLERS = [TlogController, ProofsController, ReceiptsController];
