const SHOWN = 12;

/** "A -> B -> A", the middle of a long circle left out. */
export function circleText(circle: readonly string[]): string {
  if (circle.length <= SHOWN) return circle.join(' -> ');
  return [...circle.slice(0, SHOWN - 1), `${circle.length - SHOWN} more`, circle.at(-1)].join(' -> ');
}
