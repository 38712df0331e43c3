/**
 * Works a list off with so many workers at once, each taking the next item when it is free.
 * @param work gets the item and the number of its worker, from 0
 * @throws the first error of a worker, once all of them have ended: nobody uses a connection any more that the caller
 *   may close; what is left of the list then is left
 */
export async function inParallel<T>(
  items: readonly T[],
  workers: number,
  work: (item: T, worker: number) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const ends = await Promise.allSettled(
    Array.from({ length: workers }, async (_, worker) => {
      try {
        for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item, worker);
      } catch (error) {
        queue.length = 0;
        throw error;
      }
    }),
  );
  const failed = ends.find((it) => it.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
