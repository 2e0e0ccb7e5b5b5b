import { describe, expect, it } from '@jest/globals';
import { forbiddenInPureCode } from './forbidden-syntax.js';
import { importsOf, runtimeReach } from './import-graph.js';
import { errorCodesInDocs } from './error-codes.js';

const found = (text: string): string[] => forbiddenInPureCode('x.ts', text);

describe('forbiddenInPureCode', () => {
  it('behavior: finds clocks, chance, hosts, asynchrony and inexact mathematics', () => {
    const bad = [
      'Date.now()',
      'new Date(0)',
      'Math.random()',
      'Math.exp(1)',
      'Math.pow(2, 3)',
      'x ** 2',
      'process.env',
      'console.log(1)',
      'async () => 1',
      'Promise.all([])',
    ];
    for (const text of bad) expect([text, found(text).length]).toEqual([text, 1]);
  });

  it('behavior: leaves exact mathematics, bigint powers, comments and texts alone', () => {
    for (const text of [
      'Math.sqrt(2)',
      'Math.max(1, 2)',
      '10n ** 18n',
      '// Date.now()',
      '"Math.exp"',
      'x * y',
    ])
      expect(found(text)).toEqual([]);
  });
});

describe('importsOf', () => {
  it('behavior: tells run-time imports from imports of types', () => {
    const text = [
      "import { a } from './a.js';",
      "import type { B } from './b.js';",
      "import { type C } from '#libs/c/index';",
      "import { type D, d } from 'd';",
      "export * from './e.js';",
      "export type { F } from './f.js';",
      "const g = await import('#contracts/g');",
    ].join('\n');
    expect(
      importsOf('libs/x/index.ts', text).map(({ file, specifier, runtime }) => [file ?? specifier, runtime]),
    ).toEqual([
      ['libs/x/a.ts', true],
      ['libs/x/b.ts', false],
      ['libs/c/index.ts', false],
      ['d', true],
      ['libs/x/e.ts', true],
      ['libs/x/f.ts', false],
      ['contracts/generated/g.ts', true],
    ]);
  });

  it('behavior: reach follows run-time imports only, through cycles', () => {
    const graph = new Map([
      ['a.ts', [{ specifier: '', file: 'b.ts', runtime: true }]],
      [
        'b.ts',
        [
          { specifier: '', file: 'a.ts', runtime: true },
          { specifier: '', file: 'c.ts', runtime: false },
        ],
      ],
    ]);
    expect([...runtimeReach(graph, ['a.ts'])]).toEqual(['a.ts', 'b.ts']);
  });
});

describe('errorCodesInDocs', () => {
  it('behavior: reads the first column, with or without code marks', () => {
    expect(errorCodesInDocs('| `NUM-101` | x |\n| CAN-102 | y |\nNUM-103 in a sentence')).toEqual([
      'NUM-101',
      'CAN-102',
    ]);
  });
});
