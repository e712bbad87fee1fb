/**
 * The cookie session of a connection: there is no API key (§2). One login serves all requests; a 401 opens a new one,
 * once for however many requests ran into it.
 */
import { CookieJar } from "tough-cookie";
import { ProviderAuthFailedError, type ProviderErrorSource } from "../../errors/index.js";
import type { HttpAnswer, HttpClient, HttpRequest } from "../../http/http-client.js";
import { untilAborted } from "../../http/until-aborted.js";
import type { EpochMs } from "../../model/index.js";
import { beforeSending } from "../commands.js";
import type { EvoVoiceSettings } from "./evo-voice.config.js";

/** What a login is made of. */
export interface LoginDependencies {
  http: HttpClient;
  settings: Pick<EvoVoiceSettings, "baseUrl" | "username" | "password">;
  source: ProviderErrorSource;
  now: () => EpochMs;
}

/** After a refused password nothing is sent for so long: every poll would otherwise be a failed login to the vendor. */
const REFUSED_PAUSE_MS = 10_000;

/** `ss-id` and `ss-pid` are the session; `ss-opt` says which of them counts. */
const SESSION_COOKIES = new Set(["ss-id", "ss-pid"]);
const SENT_COOKIES = new Set([...SESSION_COOKIES, "ss-opt"]);

/** Keeps a connection signed in. Holds the password and the cookies, and neither logs nor quotes them. */
export class EvoVoiceLogin {
  readonly #dependencies: LoginDependencies;
  #jar: CookieJar | null = null;
  #opening: Promise<CookieJar> | null = null;
  #refusedUntil: EpochMs = 0;
  /**
   * The session that was opened because of a 401 and only met another one. It is not renewed again until then: every poll
   * would otherwise be a login that changes nothing.
   */
  #vain: { jar: CookieJar; until: EpochMs } | null = null;

  constructor(dependencies: LoginDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Sends a request with the session's cookies, signing in first where there is no session. A 401 opens a new session and
   * the request is sent once more, which is safe for writes too: a 401 refuses before it acts. The second answer is the
   * caller's, even if it is another 401. Throws `ProviderAuthFailedError` when the login is refused; what fails while
   * signing in has `sent: false`, since the request itself has then not been sent or has been refused.
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const jar = await this.#sessionFor(request);
    const answer = await this.#sendWith(jar, request);
    if (answer.status !== 401 || this.#isVain(jar)) return answer;
    this.expire(jar);
    const renewed = await this.#sessionFor(request);
    const second = await this.#sendWith(renewed, request);
    if (second.status === 401)
      this.#vain = { jar: renewed, until: this.#dependencies.now() + REFUSED_PAUSE_MS };
    return second;
  }

  /** Forgets the session, or only if it is still the given one: somebody else may have renewed it meanwhile. */
  expire(jar: CookieJar | null = this.#jar): void {
    if (this.#jar === jar) this.#jar = null;
  }

  #sessionFor({ signal }: HttpRequest): Promise<CookieJar> {
    return beforeSending(() => untilAborted(() => this.#session(), signal));
  }

  #isVain(jar: CookieJar): boolean {
    return this.#vain !== null && this.#vain.jar === jar && this.#dependencies.now() < this.#vain.until;
  }

  async #sendWith(jar: CookieJar, request: HttpRequest): Promise<HttpAnswer> {
    const cookie = await this.#cookieHeader(jar);
    return this.#dependencies.http.request({
      ...request,
      headers: { ...request.headers, cookie },
      accept: [...(request.accept ?? []), 401],
    });
  }

  async #session(): Promise<CookieJar> {
    const jar = this.#jar;
    // A session whose cookies have run out is no session: spare the request that would only say so.
    if (jar !== null && (await this.#hasSession(jar))) return jar;
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #open(): Promise<CookieJar> {
    const { http, settings, now } = this.#dependencies;
    const waitMs = this.#refusedUntil - now();
    if (waitMs > 0) throw this.#refused(Math.ceil(waitMs / 1000));
    const answer = await http.request({
      method: "POST",
      path: "/auth/credentials",
      headers: { accept: "application/json", "content-type": "application/json" },
      body: JSON.stringify({
        provider: "credentials",
        userName: settings.username,
        password: settings.password,
        rememberMe: true,
      }),
      // A second login does no more than the first: it may be retried like a read.
      safe: true,
      accept: [400, 401, 403],
    });
    const jar = new CookieJar(undefined, { rejectPublicSuffixes: false });
    for (const cookie of answer.cookies) {
      await jar.setCookie(cookie, settings.baseUrl, { ignoreError: true });
    }
    if (answer.status >= 400 || !(await this.#hasSession(jar))) {
      this.#refusedUntil = now() + REFUSED_PAUSE_MS;
      throw this.#refused(REFUSED_PAUSE_MS / 1000, answer.status);
    }
    this.#jar = jar;
    return jar;
  }

  #refused(retryAfterSeconds: number, status?: number): ProviderAuthFailedError {
    return new ProviderAuthFailedError(
      "Evo Voice refused the login: check the user name and password of the connection.",
      this.#dependencies.source,
      { retryAfterSeconds, ...(status === undefined ? {} : { status }) },
    );
  }

  async #cookies(jar: CookieJar) {
    const cookies = await jar.getCookies(this.#dependencies.settings.baseUrl);
    return cookies.filter((cookie) => SENT_COOKIES.has(cookie.key));
  }

  async #hasSession(jar: CookieJar): Promise<boolean> {
    return (await this.#cookies(jar)).some((cookie) => SESSION_COOKIES.has(cookie.key));
  }

  async #cookieHeader(jar: CookieJar): Promise<string> {
    return (await this.#cookies(jar)).map((cookie) => cookie.cookieString()).join("; ");
  }
}
