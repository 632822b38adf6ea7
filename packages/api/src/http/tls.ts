/**
 * TLS of the API: certificate, key and, where clients have to show certificates, their authority. They are read again
 * when they change; what cannot be used then changes nothing.
 */
import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createSecureContext, type SecureContextOptions, type Server } from 'node:tls'
import type { Logger } from 'pino'
import { UnusableFile } from '../access/owned_file.ts'
import { watchFiles } from '../access/watch.ts'

export interface TlsFiles {
  /** PEM: the server's certificate, and those between it and its authority. */
  readonly certificate: string
  /** PEM: its key, without a passphrase. */
  readonly key: string
  /** PEM: the authority of clients' certificates. Absent: clients show none. */
  readonly clientAuthority?: string
}

const OTHERS_READ = 0o077
const SOON_MS = 14 * 24 * 3600 * 1000

const readPem = (file: string): Buffer => {
  try {
    return readFileSync(file)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new UnusableFile(`${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`, {
      cause: error,
    })
  }
}

const parseCertificate = (file: string, pem: Buffer): X509Certificate => {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw new UnusableFile(`${file}: not a certificate in PEM`, { cause: error })
  }
}

/** What OpenSSL says of a pair that it cannot use, as a sentence. */
const reasonOf = ({ code = '', message }: NodeJS.ErrnoException): string => {
  if (code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH') return 'not the key of the certificate'
  if (/INTERRUPTED_OR_CANCELLED|BAD_PASSWORD|PASSPHRASE|BAD_DECRYPT/.test(code))
    return 'encrypted: give one without a passphrase'
  if (/UNSUPPORTED|NO_START_LINE|DECODER/.test(code)) return 'not a private key in PEM'
  return message
}

const warnOf = (files: TlsFiles, certificate: X509Certificate, log: Logger): void => {
  if ((statSync(files.key).mode & OTHERS_READ) !== 0)
    log.warn({ file: files.key }, 'others can read the private key; run chmod 600 on the file')
  if (certificate.validToDate.getTime() < Date.now() + SOON_MS)
    log.warn(
      { file: files.certificate, until: certificate.validTo },
      'the certificate is out of date, or will be soon',
    )
}

/** @throws {UnusableFile} */
export const readTls = (files: TlsFiles, log: Logger): SecureContextOptions => {
  const [cert, key] = [readPem(files.certificate), readPem(files.key)]
  const certificate = parseCertificate(files.certificate, cert)
  const ca = files.clientAuthority === undefined ? undefined : readPem(files.clientAuthority)
  if (ca !== undefined) parseCertificate(files.clientAuthority ?? '', ca)
  const options: SecureContextOptions = { cert, key, minVersion: 'TLSv1.2', ...(ca && { ca }) }
  try {
    createSecureContext(options)
  } catch (error) {
    throw new UnusableFile(`${files.key}: ${reasonOf(error as Error)}`, { cause: error })
  }
  warnOf(files, certificate, log)
  return options
}

export interface Following {
  /** Reads the files again. */
  reload(): void
  close(): void
}

/** Connections from now on get what the files hold by then. */
export const followTls = (server: Server, files: TlsFiles, log: Logger): Following => {
  const fields = { file: files.certificate }
  const reload = (): void => {
    try {
      server.setSecureContext(readTls(files, log))
      log.info(fields, 'certificate read again')
    } catch (error) {
      log.error(
        { ...fields, err: error },
        'the certificate cannot be read again; the one before still counts',
      )
    }
  }
  const names = [files.certificate, files.key, files.clientAuthority].filter((name) => name !== undefined)
  return { reload, close: watchFiles(names, reload) }
}
