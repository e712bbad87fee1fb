/** Which accounts a connection reads. Lists without accounts answer something undocumented, so they are always sent. */
import { ProviderAuthFailedError, type ProviderErrorSource } from "../../errors/index.js";
import type { ReadOptions } from "../provider.js";
import type { EvoVoiceClient, EvoVoiceUser } from "./evo-voice.client.js";
import type { EvoVoiceLogin } from "./evo-voice.login.js";

/** Characters of account ids in one URL, percent-encoded: leaves most of its length for session ids. */
const MAX_ACCOUNTS_LENGTH = 2_500;

/** The accounts of one connection, asked for once and then remembered for as long as it lives. */
export class EvoVoiceAccounts {
  readonly #client: EvoVoiceClient;
  readonly #login: EvoVoiceLogin;
  readonly #configured: readonly string[];
  readonly #source: ProviderErrorSource;
  #groups: Promise<string[][]> | null = null;

  constructor(
    client: EvoVoiceClient,
    login: EvoVoiceLogin,
    configured: readonly string[],
    source: ProviderErrorSource,
  ) {
    this.#client = client;
    this.#login = login;
    this.#configured = configured;
    this.#source = source;
  }

  /**
   * The account ids, in groups that fit into a URL: one group for all but logins with very many accounts. Throws
   * `ProviderAuthFailedError` when the login may not use them; a failure is not remembered.
   */
  groups(): Promise<string[][]> {
    this.#groups ??= this.validate().catch((error: unknown) => {
      this.#groups = null;
      throw error;
    });
    return this.#groups;
  }

  /** Asks the provider now whether the session stands and which accounts it reaches. */
  async validate(options?: ReadOptions): Promise<string[][]> {
    return this.groupsOf(await this.user(options));
  }

  /** Asks the provider now who is signed in. Throws `ProviderAuthFailedError` when nobody can be. */
  async user(options?: ReadOptions): Promise<EvoVoiceUser> {
    let user = await this.#client.user(options);
    if (!user.isAuthenticated) {
      // This route answers 200 to a session that has run out.
      this.#login.expire();
      user = await this.#client.user(options);
    }
    if (user.isAuthenticated) return user;
    throw this.#refuse("Evo Voice does not recognise the session it has just opened.");
  }

  /** The accounts to read, of those that the user reaches. Throws `ProviderAuthFailedError` like `groups`. */
  groupsOf(user: EvoVoiceUser): string[][] {
    const reachable = new Set(user.accountIds);
    const beyond = this.#configured.filter((id) => !reachable.has(id));
    if (beyond.length > 0) {
      throw this.#refuse(
        `${beyond.length} of the ${this.#configured.length} configured accountIds cannot be used by this Evo Voice login.`,
      );
    }
    const ids = this.#configured.length > 0 ? [...new Set(this.#configured)] : [...reachable];
    if (ids.length === 0) throw this.#refuse("This Evo Voice login has no accounts.");
    return chunkByLength(ids, MAX_ACCOUNTS_LENGTH);
  }

  #refuse(message: string): ProviderAuthFailedError {
    return new ProviderAuthFailedError(message, this.#source);
  }
}

/**
 * Cuts ids into runs whose comma-joined, percent-encoded text stays within `maxLength` characters. An id longer than
 * that is a run of its own.
 */
export function chunkByLength(ids: readonly string[], maxLength: number): string[][] {
  const chunks: string[][] = [];
  let length = Infinity;
  for (const id of ids) {
    const cost = encodeURIComponent(`${id},`).length;
    if (length + cost > maxLength) {
      chunks.push([]);
      length = 0;
    }
    chunks.at(-1)?.push(id);
    length += cost;
  }
  return chunks;
}
