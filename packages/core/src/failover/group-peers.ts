import type { EndpointMember } from '../connections/endpoint-member.ts'
import { UnknownEndpointError } from '../errors.ts'
import type { CheckPeers } from '../health/check-peers.ts'
import type { GroupState } from './group-state.ts'

/** The endpoints of a group, for the checks of any of them. */
export const groupPeers = <TClient, TOptions>(
  members: ReadonlyMap<string, EndpointMember<TClient, TOptions>>,
  state: GroupState<TOptions>,
): CheckPeers => ({
  get active() {
    return state.activeId
  },
  command: async (endpointId, args) => {
    const member = members.get(endpointId)
    if (member === undefined) throw new UnknownEndpointError(endpointId, [...members.keys()])
    return member.ask(args)
  },
})
