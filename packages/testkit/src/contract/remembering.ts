/**
 * Settings of a server that can be asked after it was killed what it had executed. Without waiting for the disk: while a
 * flush takes its time, `everysec` would answer first and write later, and lose with the process what it had acknowledged.
 */
export const remembering = { appendonly: 'yes', appendfsync: 'no' }
