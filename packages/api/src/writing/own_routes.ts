/** The routes of calls that are neither of a resource nor of a relation. */
import type { FastifyInstance } from 'fastify'
import { describeOwn } from '../openapi/operations.ts'
import { nameOf } from './call.ts'
import { ownCalls } from './own_calls.ts'
import { type Context, registerCall } from './routes.ts'

export const registerOwnCalls = (app: FastifyInstance, context: Context): void => {
  for (const call of ownCalls(context.model)) {
    registerCall(app, context, nameOf(call), (signature) => describeOwn(call, signature))
  }
}
