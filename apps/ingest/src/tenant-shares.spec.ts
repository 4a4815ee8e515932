import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { TenantShares } from './tenant-shares.ts';

const none = { maxBytes: 1000, maxRequests: 100, limitOf: () => null, nowMs: () => 0 };

test('one tenant alone gets four fifths, and another is let in beside it', () => {
  const shares = new TenantShares(none);
  let entered = 0;
  while (shares.enter(1n) === null) entered += 1;
  expect([entered, shares.enter(1n)?.reason, shares.enter(2n)]).toEqual([80, 'tenant_share', null]);
});

test('of two that flood each gets its part, in bytes as in requests', () => {
  const shares = new TenantShares(none);
  const held = new Map([
    [1n, 0],
    [2n, 0],
  ]);
  for (let round = 0; round < 100; round += 1)
    for (const [tenant, bytes] of held) {
      if (shares.enter(tenant) !== null) continue;
      if (shares.hold(tenant, 10, 0) === null) held.set(tenant, bytes + 10);
      else shares.leave(tenant, 0);
    }
  expect([...held.values()]).toEqual([440, 440]);
});

test('one body alone is let in however large it is', () => {
  const shares = new TenantShares(none);
  expect([shares.enter(1n), shares.hold(1n, 5000, 0), shares.hold(1n, 5000, 5000)]).toEqual([
    null,
    null,
    null,
  ]);
});

test('a rate lets a burst in, then says how long to wait, and makes up for what was too large', () => {
  let nowMs = 0;
  const shares = new TenantShares({
    ...none,
    limitOf: () => ({ bytesPerSecond: 100, requestsPerSecond: null }),
    nowMs: () => nowMs,
  });
  const send = (bytes: number): number => {
    const refused = shares.enter(1n);
    if (refused !== null) return refused.error.retryAfterMs;
    shares.taken(1n, bytes);
    shares.leave(1n, 0);
    return 0;
  };
  expect([send(150), send(350), send(1)]).toEqual([0, 0, 3001]);
  nowMs = 3001;
  expect([send(1), send(1)]).toEqual([0, 1000]);
});

test('whatever comes and goes, nobody who holds nothing is turned away for what others hold, and nothing is left over', () => {
  const step = fc.record({ tenant: fc.bigInt(1n, 4n), bytes: fc.nat(400), leaves: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const shares = new TenantShares(none);
      const inside: { tenant: bigint; bytes: number }[] = [];
      for (const { tenant, bytes, leaves } of steps) {
        const isNew = !inside.some((each) => each.tenant === tenant);
        const refused = shares.enter(tenant);
        if (isNew) expect(refused).toBeNull();
        if (refused === null) {
          const isHeld = shares.hold(tenant, bytes, 0) === null;
          if (isNew) expect(isHeld).toBe(true);
          inside.push({ tenant, bytes: isHeld ? bytes : 0 });
        }
        if (leaves && inside.length > 0) {
          const { tenant: gone, bytes: held } = inside.shift()!;
          shares.leave(gone, held);
        }
      }
      for (const { tenant, bytes } of inside) shares.leave(tenant, bytes);
      expect(Reflect.get(shares, 'bytes')).toBe(0);
      expect(Reflect.get(shares, 'accounts')).toEqual(new Map());
    }),
  );
});
