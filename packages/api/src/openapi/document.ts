/** `/openapi.json` and the page `/docs` that shows it; works without the internet. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { type Document, finishDocument } from './finish.ts'
import { namedSchemas } from './schemas.ts'

const DESCRIPTION = `Virtual networks on Open vSwitch. Parameters are taken from the query string, from a form and
from JSON (flat, or in an envelope as in \`{"network": {…}}\`) and YAML, with every method: what is said of a body may be in the
query string as well. Answers are JSON, or YAML where the path ends in \`.yml\`. The same API is served under \`/api\`.
Every write answers with the header \`X-Revision\`; with \`?wait=SECONDS\` also with \`X-Applied\`.`

/** So that the page can send a token. */
const SECURITY = {
  components: { securitySchemes: { token: { type: 'http' as const, scheme: 'bearer' } } },
  security: [{ token: [] }],
}

/** To be called before the routes that it is to describe. */
export const describeApi = async (app: FastifyInstance, hasTokens: boolean): Promise<void> => {
  for (const schema of namedSchemas()) app.addSchema(schema)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'OpenVNet', version: '1.0', description: DESCRIPTION },
      ...(hasTokens && SECURITY),
    },
    refResolver: { buildLocalReference: (json) => String(json['$id']) },
  })
}

/** The page shows what it is served with, asks nobody else, and stands in no frame of another site. */
const PAGE_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** To be called after them. */
export const serveDescription = async (app: FastifyInstance): Promise<void> => {
  let document: object | undefined
  const finished = () => {
    document ??= finishDocument(app.swagger() as unknown as Document)
    return document
  }
  app.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => reply.send(finished()))
  app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'))
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    transformSpecification: () => finished() as never,
    transformSpecificationClone: false,
    staticCSP: PAGE_POLICY,
    theme: { title: 'OpenVNet REST API' },
    uiConfig: {
      // Else the page sends the document to a validator on the internet.
      validatorUrl: null,
      // Some 200 operations: resources first, and a field to find one.
      docExpansion: 'none',
      filter: true,
      deepLinking: true,
      layout: 'BaseLayout',
    },
  })
}
