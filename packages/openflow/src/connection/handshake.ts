/** Version negotiation: OpenFlow 1.3.5 §6.3.1. We speak 1.3 and nothing else. */
import { OFP_VERSION } from '../constants.ts'
import { OFPET } from '../error-names.ts'
import type { ErrorMessage, Hello } from '../types/message.ts'

export const OUR_HELLO: Hello = {
  type: 'hello',
  xid: 0,
  version: OFP_VERSION,
  elements: [{ type: 'versionbitmap', versions: [OFP_VERSION] }],
}

/** True if 1.3 is common: by the peer's bitmap if it sent one, else its version byte means "up to this". */
export function speaksOurVersion(hello: Hello): boolean {
  const bitmap = hello.elements.find((element) => element.type === 'versionbitmap')
  return bitmap === undefined ? hello.version >= OFP_VERSION : bitmap.versions.includes(OFP_VERSION)
}

/** What a peer without a common version gets, in a version that it can read. */
export function versionRefusal(hello: Hello): ErrorMessage {
  return {
    type: 'error',
    xid: hello.xid,
    version: Math.min(hello.version, OFP_VERSION),
    error_type: OFPET.HELLO_FAILED,
    code: 0,
    experimenter: null,
    data: new TextEncoder().encode('only OpenFlow 1.3 (version 0x04) is supported'),
  }
}

/** The versions that a hello offers, for a message. */
export function offeredVersions(hello: Hello): string {
  const bitmap = hello.elements.find((element) => element.type === 'versionbitmap')
  return bitmap === undefined ? `up to ${hello.version}` : bitmap.versions.join(', ')
}
