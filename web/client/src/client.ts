import createFetchClient, { type Client } from "openapi-fetch";

import type { Frame } from "./events";
import { ArtelierError, problemOf, unreachable } from "./problems";
import type { paths } from "./schema";
import { follow, type Fetch, type FollowOptions, type Opening } from "./stream";

/** How a server is reached. In a browser that holds the cookie nothing is needed. */
export interface ClientOptions {
  /** Such as `http://127.0.0.1:8700`; the page's own server by default. */
  baseUrl?: string;
  /** The token that `artelier token` prints. */
  token?: string;
  fetch?: Fetch;
  /** How often a request that changes nothing is tried again when the server cannot be reached. */
  retries?: number;
}

const SAFE = new Set(["GET", "HEAD"]);
const PAUSE = 300;

/**
 * A typed client of one server: `api` speaks every route of its OpenAPI document, `follow` reads streams.
 *
 * Answers that are no success are thrown as `ArtelierError`, so `data` of what is returned is always there.
 */
export class Artelier {
  readonly api: Client<paths>;
  readonly #baseUrl: string;
  readonly #headers: Record<string, string>;
  readonly #fetch: Fetch;
  readonly #retries: number;

  constructor(options: ClientOptions = {}) {
    this.#baseUrl = (options.baseUrl ?? "").replace(/\/$/, "");
    this.#headers = options.token ? { Authorization: `Bearer ${options.token}` } : {};
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.#retries = options.retries ?? 2;
    const baseUrl = this.#baseUrl || globalThis.location?.origin || "";
    this.api = createFetchClient<paths>({ baseUrl, headers: this.#headers, fetch: (request) => this.#send(request) });
  }

  /** Follow a session: its events after a place, then everything as it comes; goes on by itself after a loss. */
  follow(session: string, options: FollowOptions = {}): AsyncGenerator<Frame> {
    return follow(this.#opening(`/api/v1/sessions/${session}/stream`, true), options);
  }

  /** Follow the events of all your sessions from now on. */
  followAll(options: FollowOptions = {}): AsyncGenerator<Frame> {
    return follow(this.#opening("/api/v1/events/stream", false), options);
  }

  #opening(path: string, numbered: boolean): Opening {
    return { url: this.#baseUrl + path, headers: this.#headers, fetch: this.#fetch, numbered };
  }

  async #send(request: Request): Promise<Response> {
    for (let attempt = 0; ; attempt += 1) {
      const last = !SAFE.has(request.method) || attempt >= this.#retries;
      try {
        const response = await this.#fetch(last ? request : request.clone());
        if (response.ok) return response;
        if (last || response.status < 502) throw new ArtelierError(await problemOf(response));
      } catch (failure) {
        if (failure instanceof ArtelierError || request.signal.aborted) throw failure;
        if (last) throw new ArtelierError(unreachable(failure));
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE * 2 ** attempt));
    }
  }
}
