import { CaseWriter, chat, DAY_MS, HOUR_MS, MINUTE_MS, startOfCase, tool } from './case-writing.ts';
import type { Case, Intake, ModelCall, ToolUse } from './case.ts';
import type { SeededRandom } from './seeded-random.ts';

type Story = (ticket: CaseWriter, random: SeededRandom, key: string) => CaseWriter;
type Steps = (ModelCall | ToolUse)[];

/** How many tickets went which way. */
const STORIES: readonly (readonly [name: string, tickets: number, story: Story])[] = [
  ['first try', 26, (ticket, random) => ticket.run(answer(random, 2)).event('resolved')],
  ['same order looked up twice', 4, lookedUpTwice],
  ['two turns of one chat', 6, twoTurns],
  ['tool failed, tried again', 5, retried],
  ['unusable answer, asked again', 3, askedAgain],
  ['handed to a person', 3, handedOff],
  ['given up by the customer', 2, cancelled],
  ['reopened and resolved again', 3, reopened],
  ['reported weeks later', 2, reportedLate],
  ['still open', 2, (ticket, random) => ticket.run(answer(random, 2))],
];

/** Teams of the help desk, by the language of their customers. */
const TEAMS = ['desk-de', 'desk-en', 'desk-es', 'desk-fr', 'desk-it'];

const intakeOf = (random: SeededRandom): Intake => ({
  channel: random.pick(['chat', 'mail', 'phone']),
  is_returning: random.pick([true, false]),
});

/** @returns the tickets of the month, in the order of their numbers */
export function ticketCases(random: SeededRandom): Case[] {
  const stories = STORIES.flatMap(([name, tickets, story]) =>
    Array.from({ length: tickets }, () => ({ name, story })),
  );
  return random.shuffle(stories).map(({ name, story }, index) => {
    const key = `T-${1001 + index}`;
    const ticket = new CaseWriter(name, 'ticket', key, TEAMS[index % TEAMS.length]!, startOfCase(random));
    return story(ticket.opened(intakeOf(random)), random, key).end();
  });
}

/** Reads, looks something up, answers; the long instructions come out of the provider's cache from the second call on. */
function answer(random: SeededRandom, lookups: number): Steps {
  const steps: Steps = [];
  let inputTokens = random.between(3_600, 4_400);
  let cacheReadTokens = 0;
  for (let lookup = 0; lookup <= lookups; lookup += 1) {
    const outputTokens = lookup < lookups ? random.between(60, 140) : random.between(260, 480);
    steps.push(chat({ provider: 'openai', model: 'gpt-4.1', inputTokens, cacheReadTokens, outputTokens }));
    if (lookup < lookups) steps.push(lookUp(random));
    cacheReadTokens = inputTokens - (inputTokens % 128);
    inputTokens += outputTokens + random.between(300, 900);
  }
  return steps;
}

/** Something the agent does not know by heart; what it is told differs each time. */
function lookUp(random: SeededRandom): ToolUse {
  const name = random.pick(['find_order', 'read_policy', 'find_customer']);
  const number = random.between(100_000, 999_999);
  return tool(name, random.between(80, 400), {
    said: { arguments: { of: String(number) }, result: `${name} of ${number}` },
  });
}

/** The agent asks for an order that it was told of a moment ago, and is told the same. */
function lookedUpTwice(ticket: CaseWriter, random: SeededRandom): CaseWriter {
  const steps = answer(random, 3);
  const [first, second] = steps.flatMap((step, index) => (step.action === 'chat' ? [] : [index]));
  return ticket.run(steps.with(second!, steps[first!]!)).event('resolved');
}

/** The chat window knows the conversation only; the help desk knows which ticket it became. */
function twoTurns(ticket: CaseWriter, random: SeededRandom, key: string): CaseWriter {
  const conversationId = `chat-${key.toLowerCase()}`;
  return ticket
    .run(answer(random, 1), { conversationId })
    .after(random.between(2, 9) * MINUTE_MS)
    .run(answer(random, 1), { conversationId })
    .event('resolved', { conversationId });
}

function retried(ticket: CaseWriter, random: SeededRandom): CaseWriter {
  const broken = answer(random, 1).slice(0, 1);
  return ticket
    .run([...broken, tool('find_order', 30_000, { error: 'timeout' })], { error: 'timeout' })
    .event('attempt_failed', { reason: 'tool timeout' })
    .after(random.between(10, 50) * MINUTE_MS)
    .run(answer(random, 2))
    .event('resolved');
}

/** The same question twice within one attempt: both answers are billed. */
function askedAgain(ticket: CaseWriter, random: SeededRandom): CaseWriter {
  const steps = answer(random, 2);
  const last = steps.at(-1)!;
  const unusable = last.action === 'chat' ? [{ ...last, error: 'invalid_response' }] : [];
  return ticket.run([...steps.slice(0, -1), ...unusable, last]).event('resolved');
}

/** A person fixes what the agent could not; the agent's attempt is part of what the ticket cost. */
function handedOff(ticket: CaseWriter, random: SeededRandom): CaseWriter {
  return ticket
    .run(answer(random, 3), { error: 'needs_approval' })
    .event('handed_off', { to: 'second line' })
    .after(random.between(3, 20) * HOUR_MS)
    .person(random.between(6, 18))
    .event('resolved', { resolvedBy: 'person' });
}

function cancelled(ticket: CaseWriter, random: SeededRandom): CaseWriter {
  return ticket
    .run(answer(random, 1))
    .event('attempt_failed', { reason: 'customer not satisfied' })
    .after(random.between(1, 5) * HOUR_MS)
    .run(answer(random, 3))
    .after(2 * DAY_MS)
    .event('cancelled', { reason: 'customer gave up' });
}

function reopened(ticket: CaseWriter, random: SeededRandom): CaseWriter {
  return ticket
    .run(answer(random, 2))
    .event('resolved')
    .after(random.between(1, 4) * DAY_MS)
    .event('reopened', { reason: 'it came back' })
    .after(5 * MINUTE_MS)
    .run(answer(random, 2))
    .event('resolved');
}

function reportedLate(ticket: CaseWriter, random: SeededRandom): CaseWriter {
  return ticket
    .run(answer(random, 2))
    .after(random.between(16, 21) * DAY_MS)
    .event('resolved', {}, true);
}
