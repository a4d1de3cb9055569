// Outlives the process that started it just long enough to end what that process left behind. Plain JavaScript, so that
// it starts without a loader.
//
// Lines on standard input tell it what exists: ["add", "pid", 123], ["remove", "dir", "/tmp/..."]. When the input ends,
// for whatever reason its parent is gone, and then it kills exactly these processes and removes exactly these folders.
// A pid cannot have passed to somebody else: a parent that lives has told of an exit or not collected it yet.
import { rmSync } from 'node:fs'

const held = { pid: new Set(), dir: new Set() }
let unread = ''

process.stdin.setEncoding('utf8')
process.stdin.on('data', (text) => {
  const lines = (unread + text).split('\n')
  unread = lines.pop() ?? ''
  for (const line of lines) {
    const [action, kind, value] = JSON.parse(line)
    if (action === 'add') held[kind].add(value)
    else held[kind].delete(value)
  }
})
process.stdin.on('end', reap)
process.stdin.on('error', reap)

// Ctrl-C and a closing terminal are for the parent to answer; this one waits for the pipe.
process.on('SIGINT', () => {})
process.on('SIGHUP', () => {})
process.on('SIGTERM', () => {})

function reap() {
  for (const pid of held.pid) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // Ended by itself.
    }
  }
  for (const dir of held.dir) {
    try {
      // Retried, because a dying server may still be writing into it.
      rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    } catch {
      // The folder for temporary files is cleaned by the system.
    }
  }
  process.exit(0)
}
