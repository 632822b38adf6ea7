/** The meters of a fake switch: OpenFlow 1.3.5 §6.5.1, as `ovs-vswitchd` 3.1 has them: drop bands only. */
import { OFPM, OFPMBT, OFPMC, OFPMF } from '../constants.ts'
import { OFPET } from '../error-names.ts'
import type { MeterBand, MeterConfig, MeterFeatures, MeterMod, MeterStats } from '../types/message.ts'
import { type Refusal, refusal } from './refusal.ts'

/** So many there may be; their numbers may be any. */
const MAX_METERS = 262_144
const MAX_BANDS = 8
const KNOWN_FLAGS = OFPMF.KBPS | OFPMF.PKTPS | OFPMF.BURST | OFPMF.STATS
const RATE_KINDS = OFPMF.KBPS | OFPMF.PKTPS

export const METER_FEATURES: MeterFeatures = {
  type: 'meter_features',
  max_meter: MAX_METERS,
  band_types: 1 << OFPMBT.DROP,
  capabilities: KNOWN_FLAGS,
  max_bands: MAX_BANDS,
  max_color: 0,
}

export class Meters {
  readonly meters = new Map<number, MeterConfig>()

  apply(mod: MeterMod): Refusal | null {
    if (mod.command === OFPMC.DELETE) return this.#delete(mod.meter_id)
    if (mod.command > OFPMC.DELETE) return refusal(OFPET.METER_MOD_FAILED, 4)
    const { flags, meter_id, bands } = mod
    const refused = refuseMalformed(mod) ?? this.#refuseMissing(mod) ?? refuseBands(bands)
    if (refused !== null) return refused
    this.meters.set(meter_id, { flags, meter_id, bands: bands.map(withBurst) })
    return null
  }

  #refuseMissing({ command, meter_id }: MeterMod): Refusal | null {
    const exists = this.meters.has(meter_id)
    if (command === OFPMC.ADD && exists) return refusal(OFPET.METER_MOD_FAILED, 1)
    if (command === OFPMC.MODIFY && !exists) return refusal(OFPET.METER_MOD_FAILED, 3)
    return exists || this.meters.size < MAX_METERS ? null : refusal(OFPET.METER_MOD_FAILED, 10)
  }

  /** One that is not there is gone already. */
  #delete(id: number): null {
    if (id === OFPM.ALL) this.meters.clear()
    else this.meters.delete(id)
    return null
  }

  /** The meters that a request with this id means, or why none. */
  select(id: number): MeterConfig[] | Refusal {
    if (id === OFPM.ALL) return [...this.meters.values()]
    const meter = this.meters.get(id)
    return meter === undefined ? refusal(OFPET.METER_MOD_FAILED, 3) : [meter]
  }
}

function refuseMalformed({ flags, meter_id }: MeterMod): Refusal | null {
  if ((flags & ~KNOWN_FLAGS) !== 0 || (flags & RATE_KINDS) === RATE_KINDS) {
    return refusal(OFPET.METER_MOD_FAILED, 5)
  }
  const isKnown = meter_id <= OFPM.MAX || meter_id === OFPM.CONTROLLER || meter_id === OFPM.SLOWPATH
  return meter_id === 0 || !isKnown ? refusal(OFPET.METER_MOD_FAILED, 2) : null
}

/** Types come last: it is the datapath that looks at them. */
function refuseBands(bands: readonly MeterBand[]): Refusal | null {
  if (bands.length > MAX_BANDS) return refusal(OFPET.METER_MOD_FAILED, 11)
  if (bands.some((band) => band.rate === 0)) return refusal(OFPET.METER_MOD_FAILED, 6)
  return bands.some((band) => band.type !== 'drop') ? refusal(OFPET.METER_MOD_FAILED, 8) : null
}

/** The datapath takes the rate for a burst that is not said. */
const withBurst = (band: MeterBand): MeterBand => ({ ...band, burst_size: band.burst_size || band.rate })

/** Nothing passes a fake switch. */
export const idleMeter = (meter: MeterConfig): MeterStats => ({
  meter_id: meter.meter_id,
  flow_count: 0,
  packet_in_count: 0n,
  byte_in_count: 0n,
  duration_sec: 0,
  duration_nsec: 0,
  band_stats: meter.bands.map(() => ({ packet_band_count: 0n, byte_band_count: 0n })),
})
