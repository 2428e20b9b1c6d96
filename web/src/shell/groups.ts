import type { Schemas } from "../server";

/** What a session needs, as the list of sessions puts it together. */
export type Group = "waiting" | "running" | "today" | "earlier";

/** Return whether two moments lie on one day of the calendar here. */
export function isSameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

/** Return where a session stands in the list at this moment. */
export function groupOf(session: Pick<Schemas["SessionView"], "status" | "updated_at">, now: number): Group {
  if (session.status === "waiting") return "waiting";
  if (session.status === "running" || session.status === "queued") return "running";
  return isSameDay(Date.parse(session.updated_at), now) ? "today" : "earlier";
}
