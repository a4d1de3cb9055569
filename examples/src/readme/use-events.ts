import { group } from './use-strategy.ts'

// #region
group.on('failover', ({ from, to, reason, detectionMs }) => {
  console.warn(`${from} -> ${to}: ${reason}, detected in ${detectionMs} ms`)
})
group.on('all-down', ({ causes }) => console.error('no Redis left', causes))

for await (const event of group.events()) {
  if (event.type === 'health-changed') console.log(`${event.endpointId} is ${event.to}: ${event.message}`)
}
// #endregion
