// Prints where the time of a .cpuprofile went: by stage, by function, and below a function. What
// `node bench/pipeline.mjs --alone --profile DIRECTORY` leaves holds the whole life of a worker, with the warm-up.
//   node bench/profile.mjs FILE --spans N [--below FUNCTION] [--least US]
//   --spans N         spans worked in the time of the profile: figures are microseconds per span
//   --below FUNCTION  the tree of calls below a function as well
//   --least US        what is less is not shown (1)
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/**
 * A sample belongs to the first stage that has a frame of its stack: what all stages use comes before them. Frames are
 * `function file`.
 */
const STAGES = [
  ['collecting garbage', /^\(garbage collector\)/],
  ['receiving rows', /^onStreamRead/],
  ['sending statements', /writev|Socket\._write|node_modules\/pg\/lib\/query\.js|pg-pool/],
  ['queues', /node_modules\/bullmq/],
  ['keys, salts, hashes, encryption', /libs\/evidence|key-directory-store/],
  ['texts of steps', /libs\/trails\/src\/step-text/],
  ['parameters of statements', /libs\/store\/src\/connection\/binary-array/],
  ['looking for waste', /judge-waste/],
  ['sealing', /apps\/worker\/src\/seal-(?!contents)/],
  ['checking', /apps\/worker\/src\/check-|libs\/store\/src\/check/],
  ['quality of data', /save-quality/],
  ['reading spans', /apps\/worker\/src\/read-spans|libs\/otlp/],
  ['steps and candidates', /apps\/worker\/src\/publish-candidates/],
  ['revisions', /write-revisions|seal-contents/],
  ['arbitrating, keys, dimensions', /apps\/worker\/src\/normalise-traces/],
  ['pricing, linking, posting', /apps\/worker\/src\/(post|place|commit|read-resolved|link-costs|save-links)/],
];
const REST = 'rest';
const IDLE = '(idle)';

const { values: asked, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    spans: { type: 'string' },
    below: { type: 'string' },
    least: { type: 'string', default: '1' },
  },
});
const [file] = positionals;
const spans = Number(asked.spans);
const least = Number(asked.least);
if (file === undefined || !(spans > 0)) throw new Error('node bench/profile.mjs FILE --spans N');

const profile = JSON.parse(readFileSync(file, 'utf8'));
const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
const parentOf = new Map(
  profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
);
const selfUs = new Map();
for (const [n, id] of profile.samples.entries()) add(selfUs, id, profile.timeDeltas[n]);

function add(sums, key, us) {
  sums.set(key, (sums.get(key) ?? 0) + us);
}

function frameOf({ callFrame: { functionName, url, lineNumber } }) {
  if (url === '') return functionName === '' ? '(native)' : functionName;
  const place = url.replace(/^.*\/(?=dist\/|node_modules\/)/, '').replace(/^dist\//, '');
  return `${functionName === '' ? '(anonymous)' : functionName} ${place}:${lineNumber + 1}`;
}

/** From the leaf to the root. */
function stackOf(id) {
  const frames = [];
  for (let at = id; at !== undefined; at = parentOf.get(at)) frames.push(frameOf(nodes.get(at)));
  return frames;
}

const stageOf = (frames) =>
  STAGES.find(([, pattern]) => frames.some((frame) => pattern.test(frame)))?.[0] ?? REST;

function print(title, sums, limit = Infinity) {
  console.log(`\n${title}`);
  const rows = [...sums].sort((a, b) => b[1] - a[1]).slice(0, limit);
  for (const [name, us] of rows)
    if (us / spans >= least) console.log(`${(us / spans).toFixed(1).padStart(8)}  ${name}`);
}

const stages = new Map();
const functions = new Map();
const withCalls = new Map();
let busyUs = 0;
for (const [id, us] of selfUs) {
  const frames = stackOf(id);
  if (frames[0] === IDLE) continue;
  busyUs += us;
  add(stages, stageOf(frames), us);
  add(functions, frames[0], us);
  for (const frame of new Set(frames)) add(withCalls, frame, us);
}
console.log(`${(busyUs / spans).toFixed(1)} us per span on the main thread`);
print('by stage', stages);
print('by function, without what it calls', functions, 40);
print('by function, with what it calls', withCalls, 80);

/** Calls of one name at one place are one line, however many nodes the profile has of them. */
function printTree(ids, depth) {
  const byFrame = groupByFrame(ids);
  const rows = [...byFrame].map(([frame, same]) => [
    frame,
    same,
    same.reduce((sum, id) => sum + totalOf(id), 0),
  ]);
  for (const [frame, same, us] of rows.sort((a, b) => b[2] - a[2])) {
    if (us / spans < least) continue;
    console.log(`${(us / spans).toFixed(1).padStart(8)}  ${'  '.repeat(depth)}${frame}`);
    printTree(
      same.flatMap((id) => nodes.get(id).children ?? []),
      depth + 1,
    );
  }
}

function groupByFrame(ids) {
  const groups = new Map();
  for (const id of ids) {
    const frame = frameOf(nodes.get(id));
    groups.set(frame, [...(groups.get(frame) ?? []), id]);
  }
  return groups;
}

function totalOf(id) {
  return (nodes.get(id).children ?? []).reduce((sum, child) => sum + totalOf(child), selfUs.get(id) ?? 0);
}

if (asked.below !== undefined) {
  console.log(`\nbelow ${asked.below}`);
  const roots = profile.nodes.filter(
    ({ id, callFrame }) =>
      callFrame.functionName === asked.below &&
      !stackOf(id)
        .slice(1)
        .some((frame) => frame.startsWith(`${asked.below} `)),
  );
  printTree(
    roots.map(({ id }) => id),
    0,
  );
}
