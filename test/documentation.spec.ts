import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { PAGES, readPage as read, ROOT } from './support/pages.ts';

const withoutCode = (text: string): string => text.replaceAll(/^```.*?^```/gms, '');
const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');

describe.each(PAGES)('%s', (page) => {
  test('links to what is there', () => {
    const broken = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^(https?|mailto):/.test(target))
      .filter((target) => {
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? page : relative(ROOT, resolve(ROOT, dirname(page), path));
        if (!existsSync(join(ROOT, file))) return true;
        if (anchor === undefined) return false;
        return ![...withoutCode(read(file)).matchAll(/^#+ (.*)$/gm)].some(
          ([, title = '']) => anchorOf(title) === anchor,
        );
      });
    expect(broken).toEqual([]);
  });

  test('names npm scripts that exist', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read('package.json')));
    const named = [...read(page).matchAll(/\bnpm (?:run )?([a-z:]+)/g)].map(([, name = '']) => name);
    const builtIn = ['install', 'run', 'ci'];
    expect(named.filter((name) => !(name in scripts) && !builtIn.includes(name))).toEqual([]);
  });
});

test('operating.md gives the defaults of the environment', () => {
  const defaults = new Map(
    [...read('.env.example').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
  const rows = [...read('docs/operating.md').matchAll(/^\| `([A-Z_]+)` +\| (?:`([^`]*)`)? +\|/gm)];
  const shown = rows.map(([, name, value = '']) => [name, value]);
  expect(shown).toEqual([...defaults].filter(([name]) => shown.some(([other]) => other === name)));
  const limits = [...defaults.keys()].filter((name) => !shown.some(([other]) => other === name));
  expect(limits.every((name) => read('libs/config/src/limits.ts').includes(`'${name}'`))).toBe(true);
});
