/** Numbers between processes: told, told late, never waited for. */
import { afterEach, describe, expect, it } from "vitest";
import type { Bus } from "../../src/bus/bus.js";
import { createBus } from "../../src/bus/create-bus.js";
import { createCaptureLogger } from "../support/capture-logger.js";
import { HAS_REDIS, REDIS_URL } from "../support/redis.js";
import { startTcpProxy } from "../support/tcp-proxy.js";

const open: Bus[] = [];
const { log, lines } = createCaptureLogger();

function connect(url: string | null) {
  const bus = createBus(url, log);
  open.push(bus);
  const heard: number[] = [];
  const stop = bus.subscribe((upTo) => void heard.push(upTo));
  return { bus, heard, stop };
}

afterEach(() => Promise.all(open.splice(0).map((bus) => bus.close())));

describe("without Redis", () => {
  it("those who listen hear at once, until they stop", () => {
    const { bus, heard, stop } = connect(null);
    bus.publish(3);
    stop();
    bus.publish(4);
    expect(heard).toEqual([3]);
  });
});

describe.skipIf(!HAS_REDIS)("over Redis", () => {
  it("others hear the highest number, and one's own listeners do not wait for it", async () => {
    const [one, other] = [connect(REDIS_URL), connect(REDIS_URL)];
    // Until both are connected nothing arrives, and nothing fails.
    await expect
      .poll(() => {
        one.bus.publish(1);
        return other.heard.at(-1);
      })
      .toBe(1);
    one.heard.length = 0;
    for (let upTo = 100; upTo < 200; upTo += 1) one.bus.publish(upTo);
    expect(one.heard).toHaveLength(100);
    await expect.poll(() => other.heard.at(-1)).toBe(199);
    expect(other.heard.length).toBeLessThan(50);
  });

  it("a server that goes away and comes back costs messages, and nothing else", async () => {
    await using proxy = await startTcpProxy(REDIS_URL);
    const [one, other] = [connect(proxy.url), connect(proxy.url)];
    const arrives = (upTo: number) =>
      expect
        .poll(
          () => {
            one.bus.publish(upTo);
            return other.heard.at(-1);
          },
          { timeout: 15_000 },
        )
        .toBe(upTo);
    await arrives(1);
    proxy.refuse = true;
    proxy.cut();
    await expect
      .poll(() => lines.filter(({ message }) => message.startsWith("Redis is away")).length)
      .toBe(2);
    for (let upTo = 2; upTo < 1_000; upTo += 1) one.bus.publish(upTo);
    expect(one.heard.at(-1)).toBe(999);
    proxy.refuse = false;
    await arrives(1_000);
    expect(other.heard).not.toContain(500);
  });

  it("one that was never there is tried again in the background", async () => {
    await using proxy = await startTcpProxy(REDIS_URL);
    proxy.refuse = true;
    const [one, other] = [connect(proxy.url), connect(proxy.url)];
    one.bus.publish(7);
    await expect.poll(() => proxy.attempts).toBeGreaterThan(4);
    proxy.refuse = false;
    await expect
      .poll(
        () => {
          one.bus.publish(8);
          return other.heard.at(-1);
        },
        { timeout: 15_000 },
      )
      .toBe(8);
  });
});
