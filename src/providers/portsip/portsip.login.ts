import { ProviderAuthFailedError } from "../../errors/index.js";
import { untilAborted } from "../../http/until-aborted.js";
import type { EpochMs } from "../../model/index.js";
import { noLoginEndpoint } from "./portsip.errors.js";
import {
  SIGN_INS,
  type PortsipLoginContext,
  type PortsipSignIn,
  type PortsipTokens,
} from "./portsip.sign-in.js";

/** A token is replaced this long before it expires, or at nine tenths of its life where that is shorter. Milliseconds. */
const EARLY_MS = 60_000;

/** After a refused login, how long nobody tries again: a poll every two seconds would lock the account. Milliseconds. */
const REFUSED_FOR_MS = 5_000;

interface Held extends PortsipTokens {
  signIn: PortsipSignIn;
  /** When to replace it; null: when it is refused. */
  renewAt: EpochMs | null;
}

/**
 * The connection's one access token. However many requests want one at once, there is one login or one refresh on the
 * wire, and the newest refresh token is the one kept: refreshing is assumed to use the old one up (PortSIP reference
 * §2.5).
 */
export class PortsipLogin {
  readonly #context: PortsipLoginContext;
  #held: Held | null = null;
  #flight: Promise<Held> | null = null;
  #refusal: { error: ProviderAuthFailedError; until: EpochMs } | null = null;

  constructor(context: PortsipLoginContext) {
    this.#context = context;
  }

  /** A token that is good by our clock, logging in or refreshing first where needed. Throws `ProviderError`s. */
  async token(signal?: AbortSignal): Promise<string> {
    const held = this.#held;
    if (held !== null && (held.renewAt === null || this.#context.now() < held.renewAt))
      return held.accessToken;
    return (await untilAborted(() => this.#renewOnce(held), signal)).accessToken;
  }

  /**
   * A token to try instead of one that the PBX refused: the one that others have got since, else a refreshed one.
   * `anew` logs in without trying to refresh.
   */
  async replacement(refused: string, anew: boolean, signal?: AbortSignal): Promise<string> {
    const held = this.#held;
    if (held !== null && held.accessToken !== refused) return held.accessToken;
    return (await untilAborted(() => this.#renewOnce(anew ? null : held), signal)).accessToken;
  }

  /** One renewal at a time. It belongs to everybody who waits, so nobody's signal ends it. */
  #renewOnce(held: Held | null): Promise<Held> {
    this.#flight ??= this.#renew(held).finally(() => {
      this.#flight = null;
    });
    return this.#flight;
  }

  async #renew(held: Held | null): Promise<Held> {
    const tokens = held === null ? null : await this.#refresh(held);
    this.#held = tokens ?? (await this.#signIn());
    return this.#held;
  }

  /** Null when only a new login can help. */
  async #refresh({ signIn, refreshToken }: Held): Promise<Held | null> {
    if (refreshToken === null) return null;
    try {
      const tokens = await signIn.refresh(this.#context, refreshToken);
      if (tokens === null) return null;
      return this.#hold({ ...tokens, refreshToken: tokens.refreshToken ?? refreshToken }, signIn);
    } catch (error) {
      // A refresh token that is spent or too old is no news: the password still works.
      if (error instanceof ProviderAuthFailedError) return null;
      throw error;
    }
  }

  async #signIn(): Promise<Held> {
    if (this.#refusal !== null && this.#context.now() < this.#refusal.until) throw this.#refusal.error;
    try {
      for (const signIn of SIGN_INS) {
        const tokens = await signIn.signIn(this.#context);
        if (tokens !== null) return this.#hold(tokens, signIn);
      }
    } catch (error) {
      if (error instanceof ProviderAuthFailedError)
        this.#refusal = { error, until: this.#context.now() + REFUSED_FOR_MS };
      throw error;
    }
    throw noLoginEndpoint(this.#context.source);
  }

  #hold(tokens: PortsipTokens, signIn: PortsipSignIn): Held {
    const now = this.#context.now();
    const life = tokens.expiresAt === null ? null : tokens.expiresAt - now;
    return { ...tokens, signIn, renewAt: life === null ? null : now + Math.max(life - EARLY_MS, life * 0.9) };
  }
}
