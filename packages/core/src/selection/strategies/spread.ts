import { checkFunction } from '../../options/validate.ts'
import type { PreparedStrategy, SelectionFunction } from '../selection-strategy.ts'

/**
 * Lets a plain function choose for each command, instead of once per change. It runs in the path of every command: it
 * should be quick, and allocate nothing. The context is that of the last preparation, at most a second old while the
 * group is busy; the candidates' `inFlight` and `commandLatencyMs` are live.
 *
 * Gives no read-your-writes between independent endpoints.
 *
 * @throws ConfigurationError when `choose` is not a function
 */
export const spread = (choose: SelectionFunction): PreparedStrategy => {
  checkFunction('spread.choose', choose)
  return {
    mode: 'spread',
    name: choose.name === '' ? 'custom' : choose.name,
    prepare: (candidates, context) => () => choose(candidates, context),
  }
}
