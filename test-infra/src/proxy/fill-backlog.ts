import { connect, type Socket } from 'node:net'

const connectMs = 300
const mostConnections = 600

/**
 * Makes connecting to a paused server hang, as a firewall that drops packets would (Linux): fills its queue of
 * connections not yet accepted. Start the server with `args: { 'tcp-backlog': 1 }` and `pause()` it first. Dispose of
 * the result to let go.
 */
export async function fillBacklog(server: { host: string; port: number }): Promise<AsyncDisposable> {
  const { host, port } = server
  const sockets: Socket[] = []
  const release = (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    return Promise.resolve()
  }
  while (sockets.length < mostConnections) {
    const socket = connect({ host, port })
    socket.on('error', () => undefined)
    socket.unref()
    sockets.push(socket)
    if (!(await connects(socket))) return { [Symbol.asyncDispose]: release }
  }
  await release()
  throw new Error(
    `${host}:${port} still accepts after ${mostConnections} connections: is it paused, with tcp-backlog 1?`,
  )
}

function connects(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), connectMs)
    socket.once('connect', () => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
