import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** Every page of the documentation, by its path from the root. */
export const PAGES = ['README.md', 'CONTRIBUTING.md', 'GLOSSARY.md', ...pagesIn('docs')];

function pagesIn(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(directory, name))
    .sort();
}

export const readPage = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
