import { posix } from 'node:path';
import ts from 'typescript';

export interface Import {
  readonly specifier: string;
  /** Source file of the project, or null for a package. */
  readonly file: string | null;
  /** False when the import disappears at run time (types only). */
  readonly runtime: boolean;
}

export type ImportGraph = ReadonlyMap<string, readonly Import[]>;

/** All static and dynamic imports and re-exports of one TypeScript file. */
export function importsOf(file: string, text: string): Import[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, runtime: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return;
    found.push({ specifier: specifier.text, file: resolve(file, specifier.text), runtime });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, !isTypeOnlyImport(node));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, !isTypeOnlyExport(node));
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], true);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTypeOnlyImport({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = importClause.namedBindings;
  return (
    importClause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.length > 0 &&
    named.elements.every((element) => element.isTypeOnly)
  );
}

function isTypeOnlyExport({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  if (isTypeOnly) return true;
  return (
    exportClause !== undefined &&
    ts.isNamedExports(exportClause) &&
    exportClause.elements.length > 0 &&
    exportClause.elements.every((element) => element.isTypeOnly)
  );
}

const ALIASES: readonly (readonly [string, string])[] = [
  ['#libs/', 'libs/'],
  ['#contracts/', 'contracts/generated/'],
  ['#test/', 'test/'],
  ['#local/', 'apps/local/'],
];

function resolve(from: string, specifier: string): string | null {
  for (const [alias, folder] of ALIASES) {
    if (specifier.startsWith(alias)) return `${folder}${specifier.slice(alias.length)}.ts`;
  }
  if (!specifier.startsWith('.')) return null;
  return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');
}

/** Every file that is loaded when the given files are, following run-time imports. */
export function runtimeReach(graph: ImportGraph, start: readonly string[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const stack = [...start];
  for (let file = stack.pop(); file !== undefined; file = stack.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const entry of graph.get(file) ?? [])
      if (entry.runtime && entry.file !== null) stack.push(entry.file);
  }
  return reached;
}
