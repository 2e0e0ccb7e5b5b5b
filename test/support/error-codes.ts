import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const AREAS = 'NUM|CAN|MKT|DLCM|GOV|PRO|CHN|SRC|DB|QUE|SIG|CFG|API|RLY|LOC|CLI|APP|COS';

/** Error codes that appear as string literals in sources outside tests and comments. */
export function errorCodesInSources(root: string, folders: readonly string[]): ReadonlySet<string> {
  const codes = new Set<string>();
  const literal = new RegExp(`['"\`]((?:${AREAS})-\\d{3})['"\`]`, 'g');
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true, recursive: true })) {
      if (!entry.isFile() || !/\.(ts|mjs|cjs)$/.test(entry.name) || entry.name.includes('.spec.')) continue;
      const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
      for (const [, code] of text.matchAll(literal)) codes.add(code!);
    }
  }
  return codes;
}

/** Codes in the first column of the tables of docs/errors.md, in order. */
export function errorCodesInDocs(markdown: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\\|\\s*\`?((?:${AREAS})-\\d{3})\`?\\s*\\|`, 'gm'))].map(
    ([, code]) => code!,
  );
}
