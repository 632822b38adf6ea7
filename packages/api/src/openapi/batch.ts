/** The description of `POST /batch`. */
import type { FastifySchema } from 'fastify'
import type { Signature } from '../parameters/expected.ts'
import { MOST_OPERATIONS } from '../writing/batch.ts'
import { answers } from './operations.ts'
import { type JsonSchema, parametersSchema } from './schemas.ts'

const OPERATION: JsonSchema = {
  type: 'object',
  properties: {
    method: { type: 'string', enum: ['POST', 'PUT', 'DELETE'] },
    path: { type: 'string', description: 'Below `/api/1.0/`, e.g. `networks` or `networks/nw-1`.' },
    body: { type: 'object', description: 'The parameters, as the call takes them by itself; not `wait`.' },
  },
  required: ['method', 'path'],
  additionalProperties: false,
}

const OPERATIONS: JsonSchema = { type: 'array', maxItems: MOST_OPERATIONS, items: OPERATION }

const BODY: JsonSchema = {
  anyOf: [
    {
      type: 'object',
      properties: { operations: OPERATIONS },
      required: ['operations'],
      additionalProperties: false,
    },
    OPERATIONS,
  ],
}

const ANSWERS: JsonSchema = {
  type: 'object',
  properties: {
    answers: {
      type: 'array',
      description: 'What each operation would have been answered by itself, in order.',
      items: {},
    },
  },
  required: ['answers'],
}

export const describeBatch = (signature: Signature): FastifySchema => ({
  tags: ['operation'],
  operationId: 'batch',
  summary: 'Do many writes, all or nothing',
  description:
    'The operations run in order in one transaction and make one revision; a later one may name by uuid what an ' +
    'earlier one makes. When one is refused nothing is stored, and `operation` in the error says which it was.',
  querystring: parametersSchema(signature.parameters),
  body: BODY,
  consumes: ['application/json'],
  response: answers(ANSWERS, 400, 404, 405, 413, 415, 503, 507),
})
