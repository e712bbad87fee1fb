import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  CountBreaker,
  handleWhenResult,
  IterableBackoff,
  type CircuitBreakerPolicy,
  type IBreaker,
} from "cockatiel";
import type { HttpClientStats } from "./http-client.js";

/** When the circuit opens, and for how long. */
export interface CircuitOptions {
  /** Failures in a row that open it. @default 5 */
  failures?: number;
  /** Milliseconds it stays open the first, second, ... time in a row; the last one repeats. @default 1 s to 15 s */
  openMs?: readonly number[];
}

const OPEN_MS = [1_000, 2_000, 5_000, 10_000, 15_000] as const;

const STATE_NAMES: Record<CircuitState, HttpClientStats["circuit"]> = {
  [CircuitState.Closed]: "closed",
  [CircuitState.Open]: "open",
  [CircuitState.HalfOpen]: "half-open",
  [CircuitState.Isolated]: "open",
};

/** The circuit is open: nothing was sent. */
export class CircuitOpenError extends Error {
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super("circuit is open");
    this.name = "CircuitOpenError";
    this.retryAfterMs = retryAfterMs;
  }
}

/** Opens on so many failures in a row (an outage), or on most of the last 20 (a provider that half works). */
class OutageBreaker implements IBreaker {
  readonly #breakers: readonly IBreaker[];

  constructor(failures: number) {
    this.#breakers = [
      new ConsecutiveBreaker(failures),
      new CountBreaker({ threshold: 0.6, size: 20, minimumNumberOfCalls: 20 }),
    ];
  }

  get state(): unknown {
    return this.#breakers.map((breaker) => breaker.state);
  }

  set state(states: unknown) {
    if (!Array.isArray(states)) return;
    this.#breakers.forEach((breaker, index) => void (breaker.state = states[index]));
  }

  success(state: CircuitState): void {
    for (const breaker of this.#breakers) breaker.success(state);
  }

  failure(state: CircuitState): boolean {
    // Both have to hear of every failure, so no short circuit here.
    return this.#breakers.map((breaker) => breaker.failure(state)).includes(true);
  }
}

/**
 * A circuit breaker around attempts. After opening it refuses everything for a while, then lets exactly one attempt
 * through to see; meanwhile the others are refused rather than queued behind it.
 */
export class Circuit<Outcome> {
  readonly #policy: CircuitBreakerPolicy;
  readonly #openMs: readonly number[];
  #openings = 0;
  #openUntil = 0;

  /** `isDown` tells outcomes that speak of an outage from answers that are merely unwelcome. */
  constructor(
    isDown: (outcome: Outcome) => boolean,
    options: CircuitOptions = {},
    onStateChange: (state: HttpClientStats["circuit"]) => void = () => undefined,
  ) {
    this.#openMs = options.openMs ?? OPEN_MS;
    this.#policy = circuitBreaker(
      handleWhenResult((outcome) => isDown(outcome as Outcome)).orWhen(
        // A probe that was cancelled found out nothing: cockatiel would take it for a success.
        () => this.#policy.state === CircuitState.HalfOpen,
      ),
      {
        breaker: new OutageBreaker(options.failures ?? 5),
        halfOpenAfter: new IterableBackoff([...this.#openMs]),
      },
    );
    this.#policy.onBreak(() => {
      const openMs = this.#openMs[Math.min(this.#openings, this.#openMs.length - 1)] ?? 0;
      this.#openings += 1;
      this.#openUntil = performance.now() + openMs;
    });
    this.#policy.onReset(() => (this.#openings = 0));
    this.#policy.onStateChange((state) => onStateChange(STATE_NAMES[state]));
  }

  get state(): HttpClientStats["circuit"] {
    return STATE_NAMES[this.#policy.state];
  }

  /** Milliseconds for which attempts are refused; 0 when the next one may go. */
  get refusesForMs(): number {
    if (this.#policy.state === CircuitState.Closed) return 0;
    // While one attempt is out to see, the others have to wait for what it finds.
    const leastMs = this.#policy.state === CircuitState.HalfOpen ? 1 : 0;
    return Math.max(leastMs, this.#openUntil - performance.now());
  }

  /** Runs an attempt. Throws `CircuitOpenError` without running it while the circuit is open. */
  async run(attempt: () => Promise<Outcome>): Promise<Outcome> {
    const refusesForMs = this.refusesForMs;
    if (refusesForMs > 0) throw new CircuitOpenError(refusesForMs);
    try {
      return await this.#policy.execute(attempt);
    } catch (error) {
      // The policy reads another clock than we do and may hold it open for a millisecond longer.
      if (error instanceof BrokenCircuitError) throw new CircuitOpenError(1);
      throw error;
    }
  }
}
