/** Why a server cannot be asked, and what to do about it. */
import { EXIT, Failure } from '../failure.ts'

const HINT = 'is vnetd running? start it with `npm start`, or name another with --server'
/** What a server that wants TLS does to a request without. */
const MAYBE_TLS = 'if it wants TLS, use https:// instead of http://'

/** Where nothing answers, or something else does. */
const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was closed before the answer',
  ENOTFOUND: 'unknown host name',
  EAI_AGAIN: 'the host name cannot be looked up now',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
}

const AUTHORITY =
  'name the authority that signed it as cacert in clouds.yaml or in VNCTL_CACERT, if you trust it'
const EXPIRED =
  'its certificate is out of date: it needs a new one (vnetd --tls-cert), or this clock is wrong'
const NEEDS_CERTIFICATE =
  'it wants a certificate of yours: name it and its key as cert and key in clouds.yaml or in VNCTL_CERT and VNCTL_KEY'

/** Where it answers, and one of the two does not trust the other. */
const TLS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: `its certificate is self-signed: ${AUTHORITY.replace('the authority that signed it', 'it')}`,
  SELF_SIGNED_CERT_IN_CHAIN: `its certificate is of an unknown authority: ${AUTHORITY}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `its certificate is of an unknown authority: ${AUTHORITY}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `its certificate is of an unknown authority: ${AUTHORITY}`,
  CERT_SIGNATURE_FAILURE: `its certificate is not signed by the authority of that name: ${AUTHORITY}`,
  CERT_HAS_EXPIRED: EXPIRED,
  CERT_NOT_YET_VALID: EXPIRED,
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another name: ask it by one that is in the certificate',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS: use http:// instead of https://',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS: use http:// instead of https://',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: NEEDS_CERTIFICATE,
}

/** The sentence for an error of the transport. @param seconds after which it was given up */
export const unreachable = (error: unknown, api: string, seconds: number): Failure => {
  const { name, message, code = '' } = error as NodeJS.ErrnoException
  const { origin, protocol } = new URL(api)
  if (name === 'AbortError' || name === 'TimeoutError') {
    return new Failure(EXIT.other, `${origin} did not answer within ${seconds} s; ${HINT}`)
  }
  const distrust = TLS[code]
  if (distrust !== undefined) return new Failure(EXIT.other, `cannot reach ${origin}: ${distrust}`)
  const hint = code === 'ECONNRESET' && protocol === 'http:' ? MAYBE_TLS : HINT
  return new Failure(EXIT.other, `cannot reach ${origin}: ${CAUSES[code] ?? message}; ${hint}`)
}
