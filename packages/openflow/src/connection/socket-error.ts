/** What a socket's error means, as a sentence: of TLS, Node.js gives OpenSSL's words, addresses of its code and all. */

/** What is wrong with the peer's certificate, by the codes of OpenSSL and Node.js. */
const CERTIFICATE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  CERT_REVOKED: 'is revoked',
  CERT_SIGNATURE_FAILURE: 'has a wrong signature',
  CERT_UNTRUSTED: 'is not trusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed and not among those that are trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another host',
  INVALID_PURPOSE: 'is not for this purpose',
  SELF_SIGNED_CERT_IN_CHAIN: 'comes from an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'comes from an authority that is not known',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'comes from an authority that is not known',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'comes from an authority that is not known',
}

/** What the peer's TLS alert says, by OpenSSL's reason: RFC 8446 §6.2. */
const ALERTS: readonly (readonly [RegExp, string])[] = [
  [/alert unknown ca/, 'the peer does not know the authority of our certificate'],
  [/alert certificate required/, 'the peer wants a certificate of us'],
  [/alert certificate expired/, 'the peer says that our certificate has expired'],
  [/alert certificate revoked/, 'the peer says that our certificate is revoked'],
  [
    /alert (bad|unsupported|unknown) certificate|certificate unknown/,
    'the peer does not take our certificate',
  ],
  [/alert protocol version|unsupported protocol/, 'no common version of TLS'],
  [/alert handshake failure|no shared cipher/, 'nothing in common with the peer'],
  [/peer did not return a certificate/, 'the peer has no certificate'],
  [/wrong version number|http request|packet length too long/, 'the peer does not speak TLS'],
]

/** For logs and for `CloseReason.message`: the code of Node.js or OpenSSL stays in it. */
export function describeSocketError(error: Error & { readonly code?: unknown }): string {
  const code = typeof error.code === 'string' ? error.code : ''
  const certificate = CERTIFICATE[code]
  if (certificate !== undefined) return `TLS: the certificate of the peer ${certificate} (${code})`
  if (!/^(EPROTO|ERR_SSL_|ERR_TLS_)/.test(code)) return error.message
  const alert = ALERTS.find(([pattern]) => pattern.test(error.message))
  return alert === undefined ? error.message : `TLS: ${alert[1]} (${code})`
}
