/**
 * Clients of a DHCP server that ask through a relay, which is this process: SERVER RELAY SECONDS, both IPv4 addresses. Each
 * goes from discover to acknowledgement and begins anew. Prints one line of JSON: transactions in a second, in parts.
 */
import { createSocket } from 'node:dgram'
import { setTimeout as delay } from 'node:timers/promises'
import { DHCP4_TYPE, decodeDhcp4, encodeDhcp4, isMalformed, toIpv4, u32s } from '@openvnet/controller/packet'

const [server, relay, time] = process.argv.slice(2) as [string, string, string]
const seconds = Number(time)
const CLIENTS = 64
const PARTS = 5
const LOST_AFTER_MS = 100
/** What BusyBox asks for. */
const PARAMETERS = Uint8Array.of(1, 3, 6, 12, 15, 28, 42, 121)

let transactions = 0
const socket = createSocket('udp4')
const heard = new Array<number>(CLIENTS).fill(0)

const ask = (client: number, type: number, ...options: readonly (readonly [number, Uint8Array])[]): void => {
  const header = {
    ...{ op: 1, hops: 1, xid: client + 1, secs: 0, broadcast: false, sname: '', file: '' },
    ...{ ciaddr: 0, yiaddr: 0, siaddr: 0, giaddr: toIpv4(relay), chaddr: 0x02_00_00_00_00_00 + client },
  }
  const list = [[53, Uint8Array.of(type)] as const, [55, PARAMETERS] as const, ...options]
  const { bytes } = encodeDhcp4(
    header,
    list.map(([code, data]) => ({ code, data })),
  )
  socket.send(bytes, 67, server)
}

socket.on('message', (data) => {
  const answer = decodeDhcp4(data)
  if (isMalformed(answer)) return
  const client = answer.xid - 1
  heard[client] = performance.now()
  if (answer.type === DHCP4_TYPE.offer)
    ask(client, DHCP4_TYPE.request, [50, u32s(answer.yiaddr)], [54, u32s(toIpv4(server))])
  else {
    transactions += 1
    ask(client, DHCP4_TYPE.discover)
  }
})
await new Promise<void>((resolve) => socket.bind(67, relay, resolve))
const revive = (): void => {
  const before = performance.now() - LOST_AFTER_MS
  for (const [client, at] of heard.entries()) if (at < before) ask(client, DHCP4_TYPE.discover)
}
revive()
setInterval(revive, LOST_AFTER_MS)
await delay(500)
const rate: number[] = []
for (let part = 0; part < PARTS; part++) {
  const [start, from] = [performance.now(), transactions]
  await delay((seconds * 1000) / PARTS)
  rate.push(((transactions - from) / (performance.now() - start)) * 1000)
}
process.stdout.write(`${JSON.stringify({ rate })}\n`, () => process.exit())
