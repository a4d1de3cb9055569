import type {
  AcquireOptions,
  EventName,
  EventStream,
  ExecuteFunction,
  ExecuteOptions,
  FailoverEvent,
  FailoverGroupOptions,
  GroupSnapshot,
  Lease,
} from '@redis-endpoint-failover/core'
import { describe } from 'vitest'
import { Measurements } from '../measurements.ts'
import type { ServerAddress } from '../server-address.ts'
import { describeBlocking } from './blocking.ts'
import { describeChangedPassword } from './changed-password.ts'
import { ClientBench } from './client-bench.ts'
import { describeClosing } from './closing.ts'
import { describeDeadlines } from './deadlines.ts'
import { describeDeath } from './death.ts'
import { describeEncrypted } from './encrypted.ts'
import { describeEvents } from './events.ts'
import { describeHang } from './hang.ts'
import { describeHostileServers } from './hostile-servers.ts'
import { describeInFlightLimit } from './in-flight-limit.ts'
import { describeLeases } from './leases.ts'
import { describeMissing } from './missing.ts'
import { describeNoEndpoint } from './no-endpoint.ts'
import { describeNoFailover } from './no-failover.ts'
import { describePromotion } from './promotion.ts'
import { describeReplication } from './replication.ts'
import { describeRouting } from './routing.ts'
import { describeSecretsOfClients } from './secrets.ts'

/** One endpoint, for the adapter to put into its own form. */
export interface ContractEndpoint {
  readonly id: string
  readonly weight: number
  readonly server: ServerAddress
}

export interface ClientSetup {
  readonly endpoints: readonly ContractEndpoint[]
  /** To be handed on as they are. */
  readonly groupOptions: Omit<FailoverGroupOptions<never>, 'endpoints' | 'runtime'>
}

/** What the suite uses of a group: any `FailoverGroup` has it. */
export interface GroupUnderTest {
  readonly active: string | undefined
  on<N extends EventName>(name: N, listener: (event: FailoverEvent<N>) => void): unknown
  events(): EventStream
  history(): readonly FailoverEvent[]
  snapshot(): GroupSnapshot
  explain(id: string): string
  drain(id: string): Promise<void>
  resume(id: string): Promise<void>
  switchTo(id: string, options?: { readonly pin?: boolean }): Promise<void>
  acquire(options?: AcquireOptions): Promise<Lease<unknown>>
  execute<T>(fn: ExecuteFunction<unknown, T>, options?: ExecuteOptions): Promise<T>
  close(): Promise<void>
}

/** A transparent client, through the few calls that the suite makes. Each passes the client's own promise on. */
export interface ClientUnderTest {
  readonly client: unknown
  readonly group: GroupUnderTest
  get(key: string): Promise<unknown>
  set(key: string, value: string): Promise<unknown>
  incr(key: string): Promise<unknown>
  /** Sends a command on a native client that was leased. */
  native(client: unknown, args: readonly string[]): Promise<unknown>
  /** Any command, name first. */
  call(name: string, ...args: string[]): Promise<unknown>
  /** Starts the group; resolves when commands can be sent. */
  connect(): Promise<unknown>
  /** Ends this client as its users would. */
  close(): Promise<unknown>
}

export interface FailoverClientContractOptions {
  /** The client, for the names of the tests. */
  readonly name: string
  /** Makes a client that has not been started. */
  readonly createClient: (setup: ClientSetup) => ClientUnderTest
  /** Some parts of the suite only, for a second way in which the same adapter makes clients. Default: all. */
  readonly parts?: readonly ContractPart[]
}

const WITH_BOUNDS = {
  death: describeDeath,
  hang: describeHang,
  deadlines: describeDeadlines,
  blocking: describeBlocking,
  noFailover: describeNoFailover,
  promotion: describePromotion,
  noEndpoint: describeNoEndpoint,
  leases: describeLeases,
  closing: describeClosing,
} as const

const WITHOUT_BOUNDS = {
  routing: describeRouting,
  inFlightLimit: describeInFlightLimit,
  changedPassword: describeChangedPassword,
  encrypted: describeEncrypted,
  secrets: describeSecretsOfClients,
  hostileServers: describeHostileServers,
  replication: describeReplication,
  missing: describeMissing,
  events: describeEvents,
} as const

const PARTS = { ...WITH_BOUNDS, ...WITHOUT_BOUNDS }

/** A part of the suite. */
export type ContractPart = keyof typeof PARTS

/** The parts that assert how long something takes: nothing else should run beside them. */
export const partsWithBounds = Object.keys(WITH_BOUNDS) as readonly ContractPart[]

/** The parts that assert no bound on a time. */
export const partsWithoutBounds = Object.keys(WITHOUT_BOUNDS) as readonly ContractPart[]

/**
 * The suite that every transparent client passes, over a whole group and real Redis processes that are killed, paused
 * and cut off under load. Call it at the top of a vitest file.
 */
export function describeFailoverClientContract(options: FailoverClientContractOptions): void {
  describe(`${options.name} keeps the contract of failover clients`, () => {
    const bench = new ClientBench(options, new Measurements())
    for (const part of options.parts ?? [...partsWithBounds, ...partsWithoutBounds]) PARTS[part](bench)
  })
}
