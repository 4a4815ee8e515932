import { z } from 'zod';
import type { DraftRow } from './import/imported-prices.ts';
import { plainRow } from './import/imported-prices.ts';
import { canonicalProvider } from './provider-identity.ts';
import { ANY_PROVIDER } from './price-shelf.ts';

/** The tenant's price book that holds what model names mean. */
export const MODEL_ALIASES = 'model-aliases';

const provider = z.string().trim().min(1).max(100);
const name = z.string().trim().min(1).max(512);
const instant = z.iso.datetime({ precision: 0, message: 'must be a UTC time like 2026-09-01T00:00:00Z' });

/** What a model name means for a tenant, from when to when. */
export const modelAliasSchema = z
  .strictObject({
    name: name.meta({ description: 'As spans give it: an ARN, a deployment, a name that a proxy made up' }),
    provider: provider.default(ANY_PROVIDER).meta({
      description:
        'Who is called by this name, as spans say it; * = whoever it is, and where nobody is named',
    }),
    means: z
      .strictObject({
        provider: provider.nullable().default(null).meta({
          description: 'Who bills, where spans do not say it; null = as they say',
        }),
        model: name.meta({ description: 'A name that price rows know, in any spelling' }),
      })
      .nullable()
      .meta({
        description: 'null: nothing any more; takes back the alias with this name, provider and start',
      }),
    validFrom: instant.nullable().default(null).meta({ description: 'Inclusive; null = from the beginning' }),
    validTo: instant.nullable().default(null).meta({ description: 'Exclusive; null = open' }),
  })
  .refine(({ validFrom, validTo }) => validFrom === null || validTo === null || validFrom < validTo, {
    message: 'must be after validFrom',
    path: ['validTo'],
  });
export type ModelAlias = z.infer<typeof modelAliasSchema>;

/** @returns the row of a price book that says so */
export function aliasRow({ provider: by, name: model, means, validFrom, validTo }: ModelAlias): DraftRow {
  const row = { ...plainRow(canonical(by), model, {}), validFrom, validTo };
  if (means === null) return { ...row, isWithdrawn: true };
  const billedBy = means.provider === null ? null : canonical(means.provider);
  return { ...row, aliasOf: { provider: billedBy, model: means.model } };
}

const canonical = (text: string): string =>
  text === ANY_PROVIDER ? text : (canonicalProvider(text) ?? text.toLowerCase());
