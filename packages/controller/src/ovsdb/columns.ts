/** What is read of the database of Open vSwitch (ovs-vswitchd.conf.db(5)), and no more: nothing that ticks. */
import { boolean, integer, map, optional, type Row, set, string, uuid } from '@openvnet/ovsdb'

export const DATABASE = 'Open_vSwitch'

export const TABLES = {
  Open_vSwitch: { datapath_types: set(string) },
  Bridge: {
    name: string,
    datapath_id: optional(string),
    other_config: map(string, string),
    datapath_type: string,
    fail_mode: optional(string),
    protocols: set(string),
    controller: set(uuid),
    ports: set(uuid),
  },
  Port: { interfaces: set(uuid) },
  Interface: {
    name: string,
    type: string,
    options: map(string, string),
    ofport: optional(integer),
    external_ids: map(string, string),
    error: optional(string),
  },
  Controller: { target: string, is_connected: boolean },
}
export type OvsTables = typeof TABLES

export type BridgeRow = Row<OvsTables['Bridge']>
export type InterfaceRow = Row<OvsTables['Interface']>
export type ControllerRow = Row<OvsTables['Controller']>
