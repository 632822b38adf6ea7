/**
 * Answers as YAML 1.2 where the path ends in `.yml`: what the JSON answer says, with plain text as keys, also of
 * errors (docs/decisions/0016-yaml-with-plain-keys.md). What is long stays as it is, since JSON is YAML 1.2 too: writing it
 * anew would hold up everything for as long as it takes.
 */
import type { FastifyInstance } from 'fastify'
import { stringify } from 'yaml'
import { asksForYaml } from './rewrite.ts'

/** Characters that are written anew in some ten milliseconds. */
const LONG = 65_536

const isJson = (type: unknown): boolean => /^application\/json\b/.test(String(type))

/** Text that is written out as it is; streams and what is not JSON stay as they are. */
const textOf = (payload: unknown): string | undefined => {
  if (typeof payload === 'string') return payload
  return payload instanceof Uint8Array ? new TextDecoder().decode(payload) : undefined
}

export const answerInYaml = (app: FastifyInstance): void => {
  app.addHook('onSend', async (request, reply, payload) => {
    if (!asksForYaml(request.originalUrl) || !isJson(reply.getHeader('content-type'))) return payload
    const text = textOf(payload)
    if (text === undefined) return payload
    reply.type('application/yaml; charset=utf-8').removeHeader('content-length')
    if (text.length > LONG) return text
    return stringify(JSON.parse(text), { lineWidth: 0, aliasDuplicateObjects: false })
  })
}
