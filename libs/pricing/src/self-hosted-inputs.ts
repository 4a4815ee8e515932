import { z } from 'zod';
import { fractionOf, isAtMost, ONE, subtract, whole, type Fraction } from './fraction.ts';

const decimal = z.string().regex(/^\d{1,15}(\.\d{1,12})?$/, 'a decimal number of zero or more');
const positive = decimal.refine((text) => /[1-9]/.test(text), 'must be more than zero');
const instant = z.iso.datetime({ precision: 0, message: 'must be a UTC time like 2026-09-01T00:00:00Z' });

/**
 * What running a model oneself costs, and how fast it was measured to be. Decimal text throughout; money in
 * `currency`. Either rented, or bought and written off in a straight line, or (both parts) mixed. One installation
 * serves one model: one that serves several gives each its share of the accelerators.
 */
export const selfHostedInputsSchema = z
  .strictObject({
    provider: z.string().trim().min(1).max(100).default('self-hosted').meta({
      description: 'As spans say it: vllm, ollama, ...; self-hosted = any runtime of one’s own',
    }),
    model: z.string().trim().min(1).max(512).meta({ description: 'As spans say it' }),
    validFrom: instant.nullable().default(null).meta({ description: 'Inclusive; null = from the beginning' }),
    validTo: instant.nullable().default(null).meta({ description: 'Exclusive; null = open' }),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code')
      .default('USD'),
    accelerators: positive,
    rentPerAcceleratorHour: decimal.default('0'),
    purchasePricePerAccelerator: decimal.default('0'),
    residualValuePerAccelerator: decimal.default('0'),
    amortisationMonths: positive
      .default('36')
      .meta({ description: 'Straight line, from price to residual value' }),
    powerWattsPerAccelerator: decimal.default('0'),
    powerUsageEffectiveness: positive.default('1').meta({
      description: 'Power of the building per power of the machines, 1 or more (PUE)',
    }),
    electricityPerKilowattHour: decimal.default('0'),
    facilityPerMonth: decimal.default('0'),
    operationsPerMonth: decimal.default('0'),
    hoursPerDay: positive.default('24').meta({ description: 'Hours of a day that it is paid for and up' }),
    practicalCapacity: positive.meta({
      description:
        'Share of those hours that can do work at all; 0.80 to 0.85 is usual (Kaplan and Anderson)',
    }),
    inputTokensPerSecond: positive.meta({
      description: 'Measured, of the whole installation, when it does nothing else',
    }),
    outputTokensPerSecond: positive.nullable().default(null).meta({
      description: 'Measured likewise; null: the model makes no tokens (embeddings)',
    }),
    cacheReadTokensPerSecond: positive.nullable().default(null).meta({
      description: 'Input found in the prefix cache; null: as other input',
    }),
  })
  .refine((inputs) => isAtMost(fractionOf(inputs.practicalCapacity), ONE), {
    message: 'must be a share of at most 1',
    path: ['practicalCapacity'],
  })
  .refine((inputs) => isAtMost(ONE, fractionOf(inputs.powerUsageEffectiveness)), {
    message: 'must be 1 or more',
    path: ['powerUsageEffectiveness'],
  })
  .refine((inputs) => isAtMost(fractionOf(inputs.hoursPerDay), whole(24n)), {
    message: 'must be at most 24',
    path: ['hoursPerDay'],
  })
  .refine((inputs) => writtenOffPerAccelerator(inputs).numerator >= 0n, {
    message: 'must be at most the purchase price',
    path: ['residualValuePerAccelerator'],
  })
  .refine(costsAnything, {
    message: 'an hour costs nothing: no rent, purchase, power, facility or operations',
    path: ['accelerators'],
  })
  .refine(({ validFrom, validTo }) => validFrom === null || validTo === null || validFrom < validTo, {
    message: 'must be after validFrom',
    path: ['validTo'],
  });
export type SelfHostedInputs = z.infer<typeof selfHostedInputsSchema>;

interface CostInputs {
  readonly rentPerAcceleratorHour: string;
  readonly purchasePricePerAccelerator: string;
  readonly residualValuePerAccelerator: string;
  readonly powerWattsPerAccelerator: string;
  readonly electricityPerKilowattHour: string;
  readonly facilityPerMonth: string;
  readonly operationsPerMonth: string;
}

function costsAnything(inputs: CostInputs): boolean {
  const isMore = (text: string) => /[1-9]/.test(text);
  const { rentPerAcceleratorHour, facilityPerMonth, operationsPerMonth } = inputs;
  return (
    [rentPerAcceleratorHour, facilityPerMonth, operationsPerMonth].some(isMore) ||
    writtenOffPerAccelerator(inputs).numerator !== 0n ||
    (isMore(inputs.powerWattsPerAccelerator) && isMore(inputs.electricityPerKilowattHour))
  );
}

/** What is written off of each accelerator over its life; less than nothing is refused by the schema. */
export function writtenOffPerAccelerator(inputs: {
  readonly purchasePricePerAccelerator: string;
  readonly residualValuePerAccelerator: string;
}): Fraction {
  const { purchasePricePerAccelerator, residualValuePerAccelerator } = inputs;
  return subtract(fractionOf(purchasePricePerAccelerator), fractionOf(residualValuePerAccelerator));
}
