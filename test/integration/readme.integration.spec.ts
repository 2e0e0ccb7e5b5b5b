import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SNAPSHOT = 'test/golden/small-market.json';

/** Where each command of the README is run: by another test or check, or here with these arguments and exit codes. */
const COMMANDS: readonly {
  readonly command: RegExp;
  readonly by: string | { readonly args: readonly string[]; readonly codes: readonly number[] };
}[] = [
  { command: /^npm start -- --exit$/, by: '.ci/run' },
  { command: /^npm start -- --seed/, by: 'test/integration/starter.integration.spec.ts' },
  { command: /^npm start\b/, by: 'test/integration/starter.integration.spec.ts' },
  { command: /^npm test\b/, by: '.ci/run' },
  { command: /^curl .*\/v1\/readings\/latest$/, by: 'apps/api/api.integration.spec.ts' },
  { command: /^npm run srd -- replay/, by: 'apps/cli/cli.integration.spec.ts' },
  { command: /^npm run srd -- assemble/, by: 'apps/cli/cli.integration.spec.ts' },
  { command: /^npm run srd -- backtest/, by: 'libs/sources/backtest/maker-backtest.spec.ts' },
  {
    command: /^npm run srd -- evaluate/,
    by: { args: ['scripts/srd.mjs', 'evaluate', SNAPSHOT], codes: [0, 3] },
  },
  { command: /^npm run srd -- explain/, by: { args: ['scripts/srd.mjs', 'explain', SNAPSHOT], codes: [0] } },
  { command: /^npm run bench/, by: { args: ['scripts/bench.mjs', '--quick'], codes: [0] } },
  { command: /^node dist\/apps\//, by: 'test/integration/processes.integration.spec.ts' },
];

function readmeCommands(): readonly string[] {
  const text = readFileSync(`${ROOT}README.md`, 'utf8');
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    (block ?? '').split('\n'),
  );
  const inline = [...text.matchAll(/`((?:npm|node|curl) [^`]+)`/g)].map(([, command]) => command ?? '');
  return [...blocks, ...inline]
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '');
}

describe('the commands of the README', () => {
  it('default: every one is run somewhere, and that place exists', () => {
    const commands = readmeCommands();
    expect(commands.length).toBeGreaterThan(5);
    const placeOf = (line: string) => COMMANDS.find(({ command }) => command.test(line))?.by;
    expect(commands.filter((line) => placeOf(line) === undefined)).toEqual([]);
    const places = commands.map(placeOf).filter((place) => typeof place === 'string');
    expect(places.filter((place) => !existsSync(`${ROOT}${place}`))).toEqual([]);
  });

  const runnable = COMMANDS.flatMap(({ by }) => (typeof by === 'object' && !Array.isArray(by) ? [by] : []));
  it.each(runnable)(
    'behavior: $args ends as stated',
    ({ args, codes }) => {
      const { status, stdout } = spawnSync(process.execPath, [...args], { cwd: ROOT, encoding: 'utf8' });
      expect(codes).toContain(status);
      expect(stdout.length).toBeGreaterThan(100);
    },
    180_000,
  );
});
