/** What tests and benchmarks of controllers need: a switch that they can tell what to do. */
export { FakeSwitch, type FakeSwitchOptions, fakePort } from './fake-switch.ts'
export { onfRefusal, type Refusal, refusal } from './refusal.ts'
