import { formatPico } from '#model';
import { z } from 'zod';
import { Money } from '../wire.ts';

/** What an outcome is worth: money in a currency, or units of something. */
export const ValueView = z.object({
  amount: Money,
  currency: z.string().optional().meta({ description: 'ISO 4217; absent for units' }),
  unit: z.string().optional().meta({ description: 'What is counted, as pages; absent for money' }),
});

const UNIT_ASSET = /^UNIT\.([a-z][a-z0-9_]*)\/12$/;

/** @param asset `USD/12`, `UNIT.pages/12` */
export function toValueView(
  amountPico: bigint | null,
  asset: string | null,
): z.infer<typeof ValueView> | null {
  if (amountPico === null || asset === null) return null;
  const amount = formatPico(amountPico);
  const unit = UNIT_ASSET.exec(asset)?.[1];
  return unit === undefined ? { amount, currency: asset.split('/')[0]! } : { amount, unit };
}
