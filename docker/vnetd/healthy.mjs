// Whether the vnetd of this container does its work: the API by its own answer. A controller of its own has no HTTP; whether it listens is read from
// the kernel's table, as a connection that says nothing is a stranger to it, every ten seconds one line of its log.
import { readFileSync } from 'node:fs'

const OPENFLOW = [6633, 6653]
const LISTENING = '0A'

const listens = () =>
  ['/proc/net/tcp', '/proc/net/tcp6'].some((table) =>
    readFileSync(table, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .some(([, local = '', , state]) => {
        const port = Number.parseInt(local.split(':')[1] ?? '', 16)
        return state === LISTENING && OPENFLOW.includes(port)
      }),
  )

const answers = async () => {
  const port = (process.env.VNETD_HTTP ?? '').split(':').at(-1) || '9090'
  return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok
}

const healthy = process.env.VNETD_ONLY === 'controller' ? listens() : await answers().catch(() => false)
process.exit(healthy ? 0 : 1)
