/** How many of `total` endpoints have to be up for `start()` to resolve. */
export const endpointsNeeded = (policy: 'one' | 'majority' | 'all' | 'none', total: number): number => {
  switch (policy) {
    case 'none':
      return 0
    case 'one':
      return Math.min(1, total)
    case 'majority':
      return Math.floor(total / 2) + 1
    case 'all':
      return total
  }
}
