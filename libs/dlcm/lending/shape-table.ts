/** The kinds of accounts there are: which collateral on which terms, which debts, whether a reserve. */
export interface ShapeTable {
  readonly protocol: Int32Array;
  /** Legs of shape s are rows `first[s]` to `first[s + 1] - 1`: collateral up to `firstDebt[s]`, debts from there. */
  readonly first: Int32Array;
  readonly firstDebt: Int32Array;
  /** Terms row of a collateral leg, asset of a debt leg. */
  readonly leg: Int32Array;
  /** Asset of the owner's top-up; -1 without one. */
  readonly reserve: Int32Array;
}

/** One kind of account while the table is built. */
export interface Shape {
  readonly protocol: number;
  readonly collateral: readonly number[];
  readonly debt: readonly number[];
  readonly reserve: number;
}

/** Collects shapes; equal ones get the same number. */
export interface ShapeCollector {
  readonly shapes: readonly Shape[];
  /** Number of the shape with these legs; `collateral` and `debt` may be reused by the caller. */
  numberOf(shape: Shape): number;
}

/** A collector with no shape yet: a trie over terms rows, debt assets and the reserve. */
export function shapeCollector(sizes: { readonly terms: number; readonly assets: number }): ShapeCollector {
  const symbols = sizes.terms + 2 * sizes.assets + 2;
  const edges = new Map<number, number>();
  const shapeAt = new Map<number, number>();
  const shapes: Shape[] = [];
  let nodes = 0;
  const step = (node: number, symbol: number): number => {
    const key = node * symbols + symbol;
    const known = edges.get(key);
    if (known !== undefined) return known;
    nodes += 1;
    edges.set(key, nodes);
    return nodes;
  };
  return {
    shapes,
    numberOf(shape) {
      let node = protocolNode(shape.protocol, step, symbols);
      for (const row of shape.collateral) node = step(node, row);
      for (const asset of shape.debt) node = step(node, sizes.terms + asset);
      node = step(node, sizes.terms + sizes.assets + 1 + shape.reserve);
      const known = shapeAt.get(node);
      if (known !== undefined) return known;
      shapeAt.set(node, shapes.length);
      shapes.push({ ...shape, collateral: [...shape.collateral], debt: [...shape.debt] });
      return shapes.length - 1;
    },
  };
}

/** Protocols are told apart by a chain of steps with a symbol that no leg uses. */
function protocolNode(
  protocol: number,
  step: (node: number, symbol: number) => number,
  symbols: number,
): number {
  let node = 0;
  for (let p = 0; p < protocol; p += 1) node = step(node, symbols - 1);
  return node;
}

/** Lays the collected shapes out. */
export function shapeTable(shapes: readonly Shape[]): ShapeTable {
  const first = new Int32Array(shapes.length + 1);
  shapes.forEach((shape, s) => (first[s + 1] = first[s]! + shape.collateral.length + shape.debt.length));
  return {
    protocol: Int32Array.from(shapes, (shape) => shape.protocol),
    first,
    firstDebt: Int32Array.from(shapes, (shape, s) => first[s]! + shape.collateral.length),
    leg: Int32Array.from(shapes.flatMap((shape) => [...shape.collateral, ...shape.debt])),
    reserve: Int32Array.from(shapes, (shape) => shape.reserve),
  };
}
