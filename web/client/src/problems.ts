import type { Problem } from "./events";

/** Thrown where the server refuses or cannot be reached; `code` is stable, `message` says what to do. */
export class ArtelierError extends Error {
  readonly code: string;
  readonly status: number;
  readonly retryAfter: number | undefined;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "ArtelierError";
    this.code = problem.code;
    this.status = problem.status;
    this.retryAfter = problem.retryAfter;
  }

  /** Whether trying the same again later can help. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Return the problem that an answer tells, whatever its body is. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  const said = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const text = (name: string): string => (typeof said[name] === "string" ? said[name] : "");
  const wait = Number(said["retry_after"] ?? response.headers.get("Retry-After") ?? Number.NaN);
  return {
    code: text("code") || `HTTP_${response.status}`,
    title: text("title") || response.statusText,
    detail: text("detail"),
    status: response.status,
    ...(Number.isFinite(wait) ? { retryAfter: wait } : {}),
  };
}

/** Return the problem of a request that got no answer at all. */
export function unreachable(failure: unknown): Problem {
  const detail = failure instanceof Error ? failure.message : String(failure);
  return { code: "UNREACHABLE", title: "The server cannot be reached", detail, status: 0 };
}
