import { CanonicalValueError } from './canonical-errors.js';

type NumberRule = (value: number, pointer: string) => string;

/**
 * Canonical JSON of an artefact (RFC 8785: sorted keys, no spaces, one form per value).
 * Numbers must be safe integers; every other number travels as a decimal string, so that no reader rounds it.
 * Object members that are undefined are refused, as are functions, bigints, NaN, class instances and cycles.
 * @throws CanonicalValueError (CAN-101) naming the JSON pointer of the first value without a canonical form.
 * @example canonicalJson({ b: '0.5', a: 1 }) // {"a":1,"b":"0.5"}
 */
export function canonicalJson(value: unknown): string {
  return write({ value, pointer: '', ancestors: [] }, safeInteger);
}

/**
 * RFC 8785 serialisation with numbers as ECMAScript prints them. For documents of others; our own use canonicalJson.
 * @throws CanonicalValueError (CAN-101) naming the JSON pointer of the first value without a canonical form.
 */
export function canonicalJsonOfAnyNumber(value: unknown): string {
  return write({ value, pointer: '', ancestors: [] }, finiteNumber);
}

function safeInteger(value: number, pointer: string): string {
  if (Number.isSafeInteger(value)) return String(value);
  throw new CanonicalValueError(
    pointer,
    `number ${value}`,
    'whole numbers up to 2^53 - 1, or decimal strings',
  );
}

function finiteNumber(value: number, pointer: string): string {
  if (Number.isFinite(value)) return String(value);
  throw new CanonicalValueError(pointer, `number ${value}`, 'finite numbers');
}

interface Place {
  readonly value: unknown;
  readonly pointer: string;
  readonly ancestors: readonly object[];
}

function write({ value, pointer, ancestors }: Place, rule: NumberRule): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') return rule(value, pointer);
  if (typeof value === 'string') return writeText(value, pointer);
  if (typeof value !== 'object') throw new CanonicalValueError(pointer, typeof value, 'JSON values');
  if (ancestors.includes(value)) throw new CanonicalValueError(pointer, 'a cycle', 'trees of plain data');
  return writeContainer(value, pointer, (child, key) => {
    const place = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return write({ value: child, pointer: place, ancestors: [...ancestors, value] }, rule);
  });
}

function writeContainer(
  value: object,
  pointer: string,
  writeChild: (child: unknown, key: string) => string,
): string {
  if (Array.isArray(value)) {
    const items: string[] = [];
    for (let i = 0; i < value.length; i++) items.push(writeChild(value[i], String(i)));
    return `[${items.join(',')}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new CanonicalValueError(
      pointer,
      `an instance of ${value.constructor.name}`,
      'plain objects and arrays',
    );
  }
  // The default sort compares UTF-16 code units, which is the order RFC 8785 section 3.2.3 asks for.
  const keys = Object.keys(value).sort();
  const members = keys.map((key) => {
    const child: unknown = Reflect.get(value, key);
    return `${writeText(key, pointer)}:${writeChild(child, key)}`;
  });
  return `{${members.join(',')}}`;
}

function writeText(text: string, pointer: string): string {
  if (/[\ud800-\udfff]/u.test(text))
    throw new CanonicalValueError(pointer, 'a lone surrogate', 'well-formed text');
  return JSON.stringify(text);
}
