export interface Difference {
  /** JSON pointer. */
  readonly pointer: string;
  readonly published: string;
  readonly recomputed: string;
}

/** Leaves in which two plain documents differ, in the order of the first. */
export function differences(published: unknown, recomputed: unknown, pointer = ''): Difference[] {
  if (Object.is(published, recomputed)) return [];
  if (!isTree(published) || !isTree(recomputed)) return [{ pointer, published: shown(published), recomputed: shown(recomputed) }];
  const keys = [...new Set([...Object.keys(published), ...Object.keys(recomputed)])];
  return keys.flatMap((key) => differences(published[key], recomputed[key], `${pointer}/${key}`));
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  return value === undefined ? '(absent)' : JSON.stringify(value).slice(0, 80);
}
