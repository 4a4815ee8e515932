import type { EventCorrection, EventReference, OutcomeTier, Ref } from '#model';

/** An `EventReference` as the column `outcome_events.refers_to` holds it: integers as decimal text. */
export interface StoredReference {
  readonly mergedInto?: Ref;
  readonly splitFrom?: { readonly origin: Ref; readonly weight: string };
  readonly corrects?: {
    readonly source: string;
    readonly eventId: string;
    readonly to: {
      readonly verb?: string;
      readonly occurredAtUs?: string;
      readonly value?: { readonly amountPico: string; readonly asset: string } | null;
      readonly tier?: OutcomeTier | null;
      readonly quality?: string | null;
    };
  };
  readonly supersedes?: { readonly source: string; readonly eventId: string };
}

/** @returns null for a reference that names nothing */
export function referenceToStored(reference: EventReference | null): StoredReference | null {
  if (reference === null) return null;
  const { mergedInto, splitFrom, corrects, supersedes } = reference;
  return {
    ...(mergedInto === null ? {} : { mergedInto }),
    ...(splitFrom === null
      ? {}
      : { splitFrom: { origin: splitFrom.origin, weight: splitFrom.weight.toString() } }),
    ...(corrects === null ? {} : { corrects: { ...corrects, to: correctionToStored(corrects.to) } }),
    ...(supersedes === null ? {} : { supersedes }),
  };
}

export function referenceFromStored(stored: StoredReference): EventReference {
  const { mergedInto = null, splitFrom, corrects, supersedes = null } = stored;
  return {
    mergedInto,
    splitFrom:
      splitFrom === undefined ? null : { origin: splitFrom.origin, weight: BigInt(splitFrom.weight) },
    corrects: corrects === undefined ? null : { ...corrects, to: correctionFromStored(corrects.to) },
    supersedes,
  };
}

type StoredCorrection = NonNullable<StoredReference['corrects']>['to'];

function correctionToStored({ occurredAtUs, value, ...rest }: EventCorrection): StoredCorrection {
  return {
    ...rest,
    ...(occurredAtUs === undefined ? {} : { occurredAtUs: occurredAtUs.toString() }),
    ...(value === undefined
      ? {}
      : { value: value === null ? null : { amountPico: value.amountPico.toString(), asset: value.asset } }),
  };
}

function correctionFromStored({ occurredAtUs, value, ...rest }: StoredCorrection): EventCorrection {
  return {
    ...rest,
    ...(occurredAtUs === undefined ? {} : { occurredAtUs: BigInt(occurredAtUs) }),
    ...(value === undefined
      ? {}
      : { value: value === null ? null : { amountPico: BigInt(value.amountPico), asset: value.asset } }),
  };
}
