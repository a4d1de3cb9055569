const SLOTS = 16_384
/** CRC-16/XMODEM, as the specification of Redis Cluster demands. */
const POLYNOMIAL = 0x1021

/** The slot of a Cluster that a key, or a shard channel, belongs to: of the first non-empty `{...}` in it, else of all. */
export const hashSlot = (key: string | Buffer): number => {
  const bytes = typeof key === 'string' ? Buffer.from(key) : key
  let crc = 0
  for (const byte of hashTag(bytes)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ POLYNOMIAL : crc << 1) & 0xffff
  }
  return crc % SLOTS
}

const hashTag = (key: Buffer): Buffer => {
  const open = key.indexOf('{')
  const close = open === -1 ? -1 : key.indexOf('}', open + 1)
  return close > open + 1 ? key.subarray(open + 1, close) : key
}
