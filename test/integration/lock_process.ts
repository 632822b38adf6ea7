/**
 * Another process that keeps the database locked until it is killed. It says when it has the lock.
 *
 *     node lock_process.ts FILE
 */
import { writeSync } from 'node:fs'
import { openStore } from '@openvnet/api'

const [file = ''] = process.argv.slice(2)
openStore({ file }).write(() => {
  writeSync(1, 'locked\n')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})
