/** Asks over a real socket, with the headers as they are given; what comes back as it came. */

import type { IncomingHttpHeaders } from 'node:http'
import { request as ask } from 'node:http'
import { request as askSecurely } from 'node:https'
import { connect, type Socket } from 'node:net'
import type { SecureContextOptions } from 'node:tls'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly body: any
}

export interface Question extends SecureContextOptions {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly payload?: string
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export const fetchRaw = (url: string, question: Question = {}): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const { payload, ...options } = question
    const length = payload === undefined ? {} : { 'content-length': String(Buffer.byteLength(payload)) }
    const headers = { ...question.headers, ...length }
    const send = url.startsWith('https:') ? askSecurely : ask
    const sent = send(url, { agent: false, ...options, headers }, async (answer) => {
      let text = ''
      for await (const chunk of answer.setEncoding('utf8')) text += chunk
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, body: parse(text) })
    })
    sent.on('error', reject)
    sent.end(payload)
  })

export interface RawSocket {
  readonly socket: Socket
  /** All that came, once the other end closed it. */
  readonly ended: Promise<string>
}

/** A bare socket, for what is not HTTP, or not yet. */
export const openSocket = (url: string, text = ''): RawSocket => {
  const { port } = new URL(url)
  const socket = connect({ port: Number(port), host: '127.0.0.1' })
  socket.write(text)
  let received = ''
  const ended = new Promise<string>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      received += chunk
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(received))
  })
  return { socket, ended }
}
