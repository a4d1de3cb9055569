import { describeAdapterContract } from '../../src/contract/adapter/adapter-contract.ts'
import { rawAdapter } from '../raw/raw-adapter.ts'
import { rawOptions } from '../raw/raw-options.ts'

describeAdapterContract({
  name: 'A raw client',
  adapter: () => rawAdapter,
  optionsFor: rawOptions,
  expectations: { subscribes: false },
})
