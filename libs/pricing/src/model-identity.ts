import type { ServiceTier } from './price-row.ts';
import { canonicalProvider } from './provider-identity.ts';

/** A name to look a price up by, and what was assumed where it says less than the name the span gave. */
export interface NameCandidate {
  readonly name: string;
  readonly assumption: string | null;
}

/** What a model name says, by the declared rules of this file (conventions D1, D2). All names in lower case. */
export interface ModelIdentity {
  /** Name without gateway, vendor prefix, region profile and Bedrock version: what reports group by. */
  readonly canonicalName: string;
  /** From the most to the least specific. */
  readonly candidates: readonly NameCandidate[];
  /** Who bills, where the name itself names a cloud or a gateway. */
  readonly gateway: string | null;
  /** Who made the model, where the name has a vendor prefix. */
  readonly vendor: string | null;
  /** A fine-tune has rates of its own: only rows that name fine-tunes may price it. */
  readonly isFineTune: boolean;
  /** `us`, `eu`, `global`, ... of a Bedrock inference profile. */
  readonly regionProfile: string | null;
  /** A tier that the name itself states (`:batch`). */
  readonly serviceTier: ServiceTier | null;
  /** The name of a resource that holds a model and does not say which: only a row or an alias for it can. */
  readonly isOpaque: boolean;
}

const MAX_NAME = 512;

/** First path segments that say who bills (LiteLLM and OpenRouter spellings). */
const GATEWAYS = new Set([
  'azure',
  'azure_ai',
  'bedrock',
  'vertex_ai',
  'vertex_ai_beta',
  'openrouter',
  'together_ai',
  'fireworks_ai',
  'groq',
  'ollama',
  'ollama_chat',
  'vllm',
  'hosted_vllm',
  'cerebras',
]);
/** First path segments that only route: taken away without a meaning. */
const ROUTES = new Set(['litellm_proxy', 'models', 'converse', 'invoke', 'global', 'responses', 'chat']);

const BEDROCK_VENDORS =
  'ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|stability|twelvelabs|writer|zai';
const BEDROCK = new RegExp(
  `^(?:(us|eu|apac|au|jp|ca|sa|me|af|global|us-gov)\\.)?(${BEDROCK_VENDORS})\\.(.+)$`,
);
const BEDROCK_VERSION = /(-v\d+)?:\d+(:\d+k)?$/;
const BEDROCK_ARN = /^arn:aws[a-z-]*:(?:bedrock|sagemaker):[^:]*:[^:]*:([a-z-]+)\/(.+)$/;
const GOOGLE_PATH = /^(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/([^/]+)\/models\/(.+)$/;
const SNAPSHOT = /[-@](20\d{2})-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])$/;
/** OpenRouter variants that do not change the price; `:free` and the routing variants do, and stay. */
const PRICELESS_SUFFIX = /:(thinking|beta)$/;

/**
 * Reads a model name. Unknown shapes give the name itself as the only candidate; a name over 512 characters
 * gives none. The raw name always comes first, so that a row for exactly this name wins over normalisation.
 */
export function identifyModel(rawName: string): ModelIdentity {
  const raw = rawName.trim().toLowerCase();
  const none = {
    gateway: null,
    vendor: null,
    isFineTune: false,
    regionProfile: null,
    serviceTier: null,
    isOpaque: false,
  };
  if (raw === '' || raw.length > MAX_NAME)
    return { ...none, canonicalName: raw.slice(0, MAX_NAME), candidates: [] };
  const arn = BEDROCK_ARN.exec(raw);
  // These resources carry no model name: only a row for the ARN itself can price them.
  if (arn !== null && arn[1] !== 'foundation-model' && arn[1] !== 'inference-profile')
    return {
      ...none,
      canonicalName: raw,
      candidates: [{ name: raw, assumption: null }],
      gateway: 'aws',
      isOpaque: true,
    };

  const steps: string[] = [raw];
  const path = readPath(arn?.[2] ?? raw, steps);
  if (isFineTuneName(path.name)) return fineTune(raw, path);
  const name = path.name.replace(/:batch$/, '').replace(PRICELESS_SUFFIX, '');
  const bedrock = readBedrock(name, steps);
  const snapshot = readSnapshot(bedrock.name, steps);
  const candidates: NameCandidate[] = [...new Set(steps)].map((each) => ({
    name: each,
    assumption: assumedRegion(each, bedrock),
  }));
  if (!steps.includes(snapshot.undated))
    candidates.push({
      name: snapshot.undated,
      assumption: `model ${raw}: snapshot not listed, priced as ${snapshot.undated}`,
    });
  return {
    canonicalName: snapshot.canonicalName,
    candidates,
    gateway: path.gateway ?? bedrockOrVertex(arn !== null || bedrock.isBedrock, snapshot.isVertex),
    vendor: path.vendor,
    isFineTune: false,
    regionProfile: bedrock.regionProfile,
    serviceTier: path.name.endsWith(':batch') ? 'batch' : null,
    isOpaque: false,
  };
}

function bedrockOrVertex(isBedrock: boolean, isVertex: boolean): string | null {
  if (isBedrock) return 'aws';
  return isVertex ? 'google' : null;
}

interface SnapshotReading {
  readonly canonicalName: string;
  readonly undated: string;
  readonly isVertex: boolean;
}

/** Vertex writes `name@date`, OpenRouter writes Claude versions with dots, and dates come with and without dashes. */
function readSnapshot(name: string, steps: string[]): SnapshotReading {
  const plain = name.replace(/@(latest|default)$/, '').replace('@', '-');
  const isClaude = plain.startsWith('claude-');
  const dashed = isClaude ? plain.replace(/(\d)\.(\d)/g, '$1-$2') : plain;
  steps.push(plain, dashed, dashed.replace(SNAPSHOT, '-$1-$2-$3'));
  const undated = dashed.replace(SNAPSHOT, '');
  return {
    // Every snapshot of a Claude model has the price of its name; other makers change prices between snapshots.
    canonicalName: isClaude ? undated : dashed,
    undated,
    isVertex: /@(\d{8}|latest|default)$/.test(name),
  };
}

interface PathReading {
  readonly name: string;
  readonly gateway: string | null;
  readonly vendor: string | null;
}

/** Takes path segments off the front; every shorter name is a step. */
function readPath(start: string, steps: string[]): PathReading {
  const google = GOOGLE_PATH.exec(start);
  if (google !== null) {
    steps.push(google[2]!);
    return { name: google[2]!, gateway: 'google', vendor: canonicalProvider(google[1]!) };
  }
  if (start.startsWith('accounts/fireworks/')) return { name: start, gateway: 'fireworks', vendor: null };
  let name = start;
  let gateway: string | null = null;
  let vendor: string | null = null;
  steps.push(name);
  for (let slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/')) {
    const segment = name.slice(0, slash);
    if (GATEWAYS.has(segment) && gateway === null) gateway = canonicalProvider(segment);
    else if (!ROUTES.has(segment)) vendor = canonicalProvider(segment);
    name = name.slice(slash + 1);
    steps.push(name);
  }
  return { name, gateway, vendor };
}

interface BedrockReading {
  readonly name: string;
  readonly isBedrock: boolean;
  readonly regionProfile: string | null;
}

function readBedrock(name: string, steps: string[]): BedrockReading {
  steps.push(name);
  const match = BEDROCK.exec(name);
  if (match === null) return { name, isBedrock: false, regionProfile: null };
  const [, regionProfile = null, vendor = '', model = ''] = match;
  const bare = model.replace(BEDROCK_VERSION, '');
  steps.push(`${vendor}.${model}`, model, bare);
  return { name: bare, isBedrock: true, regionProfile };
}

/** Regional profiles may cost more than global ones: dropping the profile is an assumption. */
function assumedRegion(candidate: string, bedrock: BedrockReading): string | null {
  const profile = bedrock.regionProfile;
  return profile === null || candidate.includes(`${profile}.`)
    ? null
    : `region profile ${profile}: priced as ${candidate}`;
}

function isFineTuneName(name: string): boolean {
  return name.startsWith('ft:') || /\.ft-[0-9a-f]{8,}/.test(name);
}

function fineTune(raw: string, path: PathReading): ModelIdentity {
  const base = /^ft:[^:]+/.exec(path.name)?.[0] ?? path.name;
  return {
    canonicalName: path.name,
    candidates: [...new Set([raw, path.name, base])].map((name) => ({ name, assumption: null })),
    gateway: path.gateway,
    vendor: path.vendor,
    isFineTune: true,
    regionProfile: null,
    serviceTier: null,
    isOpaque: false,
  };
}
