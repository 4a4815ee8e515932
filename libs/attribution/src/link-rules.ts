import { z } from 'zod';
import { CHECK_DIGITS, type CheckDigit } from './check-digit.ts';
import type { ConfidenceBps } from './confidence.ts';
import { KeyPattern } from './key-pattern.ts';
import { parseArgumentPath, type ArgumentPath } from './tool-argument.ts';

const kind = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and "_", beginning with a letter');

/** Decimal text with at most 4 places between 0 and 1, as the API writes a confidence. */
const confidence = z
  .string()
  .regex(
    /^(?:0(?:\.\d{1,4})?|1(?:\.0{1,4})?)$/,
    'must be a decimal from 0 to 1 with at most 4 places, as "0.95"',
  );

/** What `key_mappings.rule` holds to find keys in the arguments of a tool (tier E4). */
export const toolKeyRuleSchema = z
  .strictObject({
    tool: z.string().min(1).max(256).meta({ description: 'Name of the tool, as spans give it' }),
    argument: z
      .string()
      .max(256)
      .refine(
        isArgumentPath,
        'must be names joined by ".", each with "[]" where it is a list: filter.claim_ids[]',
      )
      .meta({ description: 'Where in the arguments the key stands: claim_id, filter.claim_ids[]' }),
    kind,
    access: z.enum(['read', 'write']).meta({
      description: 'A read of more than 5 items at once is no evidence for any of them; a write is',
    }),
  })
  .meta({ id: 'ToolKeyRule' });

/** What `key_mappings.rule` holds to find keys in what was said, retrieved or returned (tier E5). */
export const keyPatternRuleSchema = z
  .strictObject({
    pattern: z
      .string()
      .min(1)
      .max(120)
      .superRefine((text, context) => {
        try {
          KeyPattern.parse(text);
        } catch (error) {
          context.addIssue(error instanceof Error ? error.message : 'is no pattern');
        }
      })
      .meta({
        description:
          'Literals, \\d, sets as [A-Z0-9], and ?, {n}, {m,n} after any of them; 3 to 30 characters: CLM-\\d{6}',
      }),
    kind,
    checkDigit: z.enum(CHECK_DIGITS).nullable().default(null),
  })
  .meta({ id: 'KeyPatternRule' });

/** How the cost of steps that name none of a trace's several work items is split over them (methods 2.2). */
export const SPLIT_DRIVERS = ['tokens', 'tool_calls', 'weight', 'even'] as const;
export type SplitDriver = (typeof SPLIT_DRIVERS)[number];

/** What `policies.rule` holds under the name `links`. */
export const linksPolicySchema = z
  .strictObject({
    bookThreshold: confidence.default('0.80').meta({ description: 'A link below it does not book' }),
    splitDriver: z
      .enum([...SPLIT_DRIVERS, 'best_available'])
      .default('even')
      .meta({
        description: 'Of steps that several items share; best_available takes the first that says anything',
      }),
    customerAttributes: z
      .array(z.string().min(1).max(256))
      .max(8)
      .default([])
      .meta({ description: 'Declared dimensions that name a customer: spend of the same one is suggested' }),
  })
  .meta({ id: 'LinksPolicyRule' });

/** What `policies.rule` holds under the name `link_confidence`. */
export const linkConfidenceSchema = z
  .strictObject({
    E1: confidence.optional(),
    E2: confidence.optional(),
    E3: confidence.optional(),
    E4: confidence.optional(),
    E5: confidence.optional(),
    basis: z
      .array(
        z.strictObject({
          tier: z.enum(['E1', 'E2', 'E3', 'E4', 'E5']),
          method: z.enum(['jeffreys', 'fellegi_sunter']),
          right: z.int().min(0),
          audited: z.int().min(0),
        }),
      )
      .max(5)
      .default([])
      .meta({ description: 'The audits a calibration was made from' }),
  })
  .meta({ id: 'LinkConfidencePolicyRule' });

/** Tool keys in force: where a key stands in the arguments of a tool. */
export interface ToolKey {
  readonly name: string;
  readonly version: number;
  readonly tool: string;
  readonly path: ArgumentPath;
  readonly kind: string;
  readonly access: 'read' | 'write';
}

/** Patterns in force: what a key looks like in text. */
export interface ContentKey {
  readonly name: string;
  readonly version: number;
  readonly pattern: KeyPattern;
  readonly kind: string;
  readonly checkDigit: CheckDigit | null;
}

/** What links are judged by at one business time. */
export interface LinkPolicy {
  readonly bookThresholdBps: ConfidenceBps;
  readonly confidenceBps: Readonly<Record<'E1' | 'E2' | 'E3' | 'E4' | 'E5', ConfidenceBps>>;
  readonly splitDriver: SplitDriver | 'best_available';
  readonly customerAttributes: readonly string[];
  /** Of the policy `links`; 0 = the shipped one. */
  readonly version: number;
}

/** Book threshold, split and confidences of methods 1.1 and 1.3, until a tenant sets its own. */
export const SHIPPED_LINK_POLICY: LinkPolicy = {
  bookThresholdBps: 8000,
  confidenceBps: { E1: 10_000, E2: 9900, E3: 9500, E4: 9500, E5: 7000 },
  splitDriver: 'even',
  customerAttributes: [],
  version: 0,
};

interface Version {
  readonly version: number;
  readonly rule: unknown;
}

/** The link policy of the versions of `links` and `link_confidence` that are in force, where there are any. */
export function readLinkPolicy(links: Version | undefined, confidences: Version | undefined): LinkPolicy {
  const policy = linksPolicySchema.parse(links?.rule ?? {});
  const { basis: _basis, ...tiers } = linkConfidenceSchema.parse(confidences?.rule ?? {});
  const calibrated = Object.entries(tiers).flatMap(([tier, text]) =>
    text === undefined ? [] : [[tier, confidenceBps(text)] as const],
  );
  return {
    bookThresholdBps: confidenceBps(policy.bookThreshold),
    confidenceBps: { ...SHIPPED_LINK_POLICY.confidenceBps, ...Object.fromEntries(calibrated) },
    splitDriver: policy.splitDriver,
    customerAttributes: policy.customerAttributes,
    version: links?.version ?? 0,
  };
}

/** `"0.95"` -> 9500. */
export function confidenceBps(text: string): ConfidenceBps {
  const [whole = '0', fraction = ''] = text.split('.');
  return Number(whole) * 10_000 + Number(fraction.padEnd(4, '0'));
}

/** The rule of a key mapping that looks into content, or null for one that reads an attribute. */
export function readContentRule(
  name: string,
  version: number,
  rule: unknown,
): { readonly toolKey: ToolKey } | { readonly contentKey: ContentKey } | null {
  const tool = toolKeyRuleSchema.safeParse(rule);
  if (tool.success) {
    const { argument, ...rest } = tool.data;
    return { toolKey: { name, version, ...rest, path: parseArgumentPath(argument) } };
  }
  const pattern = keyPatternRuleSchema.safeParse(rule);
  if (!pattern.success) return null;
  return { contentKey: { name, version, ...pattern.data, pattern: KeyPattern.parse(pattern.data.pattern) } };
}

function isArgumentPath(text: string): boolean {
  try {
    parseArgumentPath(text);
    return true;
  } catch {
    return false;
  }
}
