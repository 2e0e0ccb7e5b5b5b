/** A thread that ends in the middle of its first task. */
export default function die(): never {
  process.exit(3);
}
