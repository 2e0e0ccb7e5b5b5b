/**
 * Cubic through four equally spaced points (Lagrange): values[first .. first+3] stand at 0, 1, 2, 3.
 * @param values table of function values
 * @param first index of the leftmost of the four nodes
 * @param t position in node units from the leftmost node; 1 <= t <= 2 is the accurate middle cell
 * @example lagrange4([0, 1, 8, 27], 0, 1.5) // 3.375
 */
export function lagrange4(values: ArrayLike<number>, first: number, t: number): number {
  const t1 = t - 1;
  const t2 = t - 2;
  const t3 = t - 3;
  const outer = t * t3;
  const inner = t1 * t2;
  return (
    (values[first + 3]! * (t * inner) - values[first]! * (inner * t3)) / 6 +
    (values[first + 1]! * (outer * t2) - values[first + 2]! * (outer * t1)) / 2
  );
}
