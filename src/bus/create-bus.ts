import type { Bus } from "./bus.js";
import { createLocalBus } from "./local-bus.js";
import { createRedisBus, type BusLog } from "./redis-bus.js";

/** Between all gateways on one Redis, or within this process where there is none. */
export function createBus(redisUrl: string | null, log: BusLog): Bus {
  return redisUrl === null ? createLocalBus() : createRedisBus(redisUrl, log);
}
