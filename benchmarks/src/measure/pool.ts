/** Runs the jobs in their order, at most `slots` at the same time. Rejects with the first failure. */
export async function inPool(slots: number, jobs: readonly (() => Promise<void>)[]): Promise<void> {
  const rest = [...jobs]
  const work = async (): Promise<void> => {
    for (let job = rest.shift(); job !== undefined; job = rest.shift()) await job()
  }
  await Promise.all(Array.from({ length: Math.min(slots, jobs.length) }, work))
}
