/** `sample` to `sample4`: packets for IPFIX. `lib/ofp-actions.c` of Open vSwitch; `sample4` is of version 3.4. */
import { NXAST } from '../../constants.ts'
import type { Reader } from '../../reader.ts'
import type { Sample, Sample2, Sample4, Subfield } from '../../types/open-vswitch-action.ts'
import type { Writer } from '../../writer.ts'
import { placeOf, readFieldCode, shortHeaderOf, subfieldOrNull } from '../subfield.ts'
import { type ActionReader, type ActionWriters, beginAction } from './frame.ts'

function readSample(reader: Reader): Sample {
  return {
    type: 'sample',
    probability: reader.u16(),
    collector_set_id: reader.u32(),
    obs_domain_id: reader.u32(),
    obs_point_id: reader.u32(),
  }
}

const readSample2 =
  (type: 'sample2' | 'sample3'): ActionReader =>
  (reader) => {
    const { probability, collector_set_id, obs_domain_id, obs_point_id } = readSample(reader)
    const sampling_port = reader.u16()
    const direction = reader.u8()
    reader.skip(5)
    return { type, probability, collector_set_id, obs_domain_id, obs_point_id, sampling_port, direction }
  }

function readSample4(reader: Reader): Sample4 | null {
  const probability = reader.u16()
  const collector_set_id = reader.u32()
  const obs_domain_id = readId(reader)
  const obs_point_id = readId(reader)
  if (obs_domain_id === null || obs_point_id === null) return null
  const sampling_port = reader.u16()
  const direction = reader.u8()
  reader.skip(5)
  return {
    type: 'sample4',
    probability,
    collector_set_id,
    obs_domain_id,
    obs_point_id,
    sampling_port,
    direction,
  }
}

/** A header of zero and a number, or a header and a place. */
function readId(reader: Reader): number | Subfield | null {
  if (reader.u32() === 0) return reader.u32()
  reader.offset -= 4
  const code = readFieldCode(reader)
  if (code === undefined || code.experimenter !== null) return null
  const place = reader.u16()
  reader.skip(2)
  return subfieldOrNull(reader, code, place >>> 6, (place & 0x3f) + 1)
}

export const SAMPLE_READERS: readonly (readonly [number, ActionReader])[] = [
  [NXAST.SAMPLE, readSample],
  [NXAST.SAMPLE2, readSample2('sample2')],
  [NXAST.SAMPLE3, readSample2('sample3')],
  [NXAST.SAMPLE4, readSample4],
]

function writeSample2(writer: Writer, action: Sample2): void {
  beginAction(writer, action.type === 'sample2' ? NXAST.SAMPLE2 : NXAST.SAMPLE3, 32)
  writer.u16(action.probability)
  writer.u32(action.collector_set_id)
  writer.u32(action.obs_domain_id)
  writer.u32(action.obs_point_id)
  writer.u16(action.sampling_port)
  writer.u8(action.direction)
  writer.zeros(5)
}

function writeId(writer: Writer, id: number | Subfield): void {
  if (typeof id === 'number') {
    writer.u32(0)
    writer.u32(id)
    return
  }
  writer.u32(shortHeaderOf(id))
  writer.u16(placeOf(id))
  writer.zeros(2)
}

export const SAMPLE_WRITERS: ActionWriters<'sample' | 'sample2' | 'sample3' | 'sample4'> = {
  sample: (writer, action) => {
    beginAction(writer, NXAST.SAMPLE, 24)
    writer.u16(action.probability)
    writer.u32(action.collector_set_id)
    writer.u32(action.obs_domain_id)
    writer.u32(action.obs_point_id)
  },
  sample2: writeSample2,
  sample3: writeSample2,
  sample4: (writer, action) => {
    beginAction(writer, NXAST.SAMPLE4, 40)
    writer.u16(action.probability)
    writer.u32(action.collector_set_id)
    writeId(writer, action.obs_domain_id)
    writeId(writer, action.obs_point_id)
    writer.u16(action.sampling_port)
    writer.u8(action.direction)
    writer.zeros(5)
  },
}
