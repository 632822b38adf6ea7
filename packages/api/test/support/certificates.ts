/** An authority and certificates of it, made by openssl in a directory of the test. */
import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'

const openssl = (...words: string[]): void => void execFileSync('openssl', words, { stdio: 'pipe' })
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

export interface Certificate {
  readonly certificate: string
  readonly key: string
}

export interface Authority extends Certificate {
  /** A certificate for 127.0.0.1. */
  issue(name: string): Certificate
}

export const createAuthority = (directory: string, name = 'authority'): Authority => {
  const files = (of: string) => ({ certificate: `${directory}/${of}.pem`, key: `${directory}/${of}.key` })
  const { certificate, key } = files(name)
  openssl('req', '-x509', ...KEY, '-days', '30', '-subj', `/CN=${name}`, '-keyout', key, '-out', certificate)
  return {
    certificate,
    key,
    issue: (of) => {
      const issued = files(of)
      const [asked, extension] = [`${directory}/${of}.csr`, `${directory}/${of}.ext`]
      writeFileSync(extension, 'subjectAltName=IP:127.0.0.1,DNS:localhost\n')
      openssl('req', ...KEY, '-subj', `/CN=${of}`, '-keyout', issued.key, '-out', asked)
      const by = ['-CA', certificate, '-CAkey', key, '-CAcreateserial', '-days', '30', '-extfile', extension]
      openssl('x509', '-req', '-in', asked, '-out', issued.certificate, ...by)
      chmodSync(issued.key, 0o600)
      return issued
    },
  }
}
