import type { GroupEngine } from './group-engine.ts'

/**
 * A connection to the endpoint stands by. Health is as it was, so only who misses this very connection has to look: with
 * hundreds of endpoints, the standbys that are renewed all the time would keep the process busy otherwise.
 */
export const standbyReady = <TClient, TOptions>(
  endpointId: string,
  { routes, leasing }: Pick<GroupEngine<TClient, TOptions>, 'routes' | 'leasing'>,
): void => {
  for (const route of routes) route.update(endpointId)
  if (leasing.desk.waiting > 0) leasing.desk.update()
}
