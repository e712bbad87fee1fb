/** The Redis that tests of several gateways run on. */
import { Redis } from "ioredis";

export const REDIS_URL = process.env["SWITCHBOARD_TEST_REDIS_URL"] ?? "redis://127.0.0.1:6379/9";

async function isReachable(): Promise<boolean> {
  const client = new Redis(REDIS_URL, { lazyConnect: true, retryStrategy: () => null });
  try {
    await client.connect();
    await client.ping();
    return true;
  } catch (error) {
    if (process.env["SWITCHBOARD_REQUIRE_SERVICES"] === "1") throw error;
    console.warn("skipped: Redis is not reachable, so the bus between several gateways is not tested");
    return false;
  } finally {
    client.disconnect();
  }
}

export const HAS_REDIS = await isReachable();
