import ts from 'typescript';

/** Functions of Math whose result every engine must give bit for bit (IEEE-754 or integer operations). */
const EXACT_MATH = new Set([
  'abs',
  'min',
  'max',
  'floor',
  'ceil',
  'trunc',
  'round',
  'sign',
  'sqrt',
  'imul',
  'clz32',
  'fround',
]);
const HOST_GLOBALS = new Set([
  'process',
  'console',
  'fetch',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'globalThis',
  'crypto',
  'Buffer',
  'require',
  'Promise',
  'Atomics',
  'SharedArrayBuffer',
]);

/** Places in one file of a pure library that use a clock, chance, the host, asynchrony or engine-dependent mathematics. */
export function forbiddenInPureCode(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const what = forbidden(node);
    if (what !== null) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      found.push(`${file}:${line + 1} ${what}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function forbidden(node: ts.Node): string | null {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression))
    return forbiddenMember(node.expression.text, node.name.text);
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'Date')
    return 'new Date';
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async';
  if (ts.isAwaitExpression(node)) return 'await';
  if (ts.isBinaryExpression(node)) return forbiddenOperator(node);
  return null;
}

function forbiddenMember(object: string, member: string): string | null {
  if (object === 'Math' && !EXACT_MATH.has(member)) return `Math.${member}`;
  if (object === 'Date') return `Date.${member}`;
  return HOST_GLOBALS.has(object) ? `${object}.${member}` : null;
}

/** Powers of bigints are exact; those of numbers are not the same on every engine. */
function forbiddenOperator(node: ts.BinaryExpression): string | null {
  const { kind } = node.operatorToken;
  if (kind !== ts.SyntaxKind.AsteriskAsteriskToken && kind !== ts.SyntaxKind.AsteriskAsteriskEqualsToken)
    return null;
  return ts.isBigIntLiteral(node.left) ? null : '** on numbers';
}
