/**
 * Works a list off with so many workers at once, each taking the next item when it is free.
 * @param work gets the item and the number of its worker, from 0
 * @throws the first error of a worker; the others go on with what is left of the list
 */
export async function inParallel<T>(
  items: readonly T[],
  workers: number,
  work: (item: T, worker: number) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item, worker);
    }),
  );
}
