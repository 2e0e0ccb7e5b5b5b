/** One leaf in which published data and one's own differ. */
export interface EvidenceDifference {
  /** Path of field names; a row with an id is named by it, so that one missing row is one line and not a shift of all after it. */
  readonly pointer: string;
  readonly published: string;
  readonly own: string;
}

const SHOWN_CHARACTERS = 100;

export function evidenceDifferences(published: unknown, own: unknown, pointer = ''): EvidenceDifference[] {
  if (Object.is(published, own)) return [];
  const [before, now] = [branches(published), branches(own)];
  if (before === null || now === null) return [{ pointer, published: shown(published), own: shown(own) }];
  const keys = [...new Set([...before.keys(), ...now.keys()])];
  return keys.flatMap((key) => evidenceDifferences(before.get(key), now.get(key), `${pointer}/${key}`));
}

function branches(value: unknown): ReadonlyMap<string, unknown> | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  return new Map(value.map((row: unknown, index) => [idOf(row) ?? String(index), row]));
}

function idOf(row: unknown): string | null {
  if (typeof row !== 'object' || row === null || !('id' in row)) return null;
  return typeof row.id === 'string' ? row.id : null;
}

function shown(value: unknown): string {
  return value === undefined ? '(absent)' : JSON.stringify(value).slice(0, SHOWN_CHARACTERS);
}
