/** The typed client of Artelier's HTTP API. */
export { Artelier, type ClientOptions } from "./client";
export type { Delta, EventType, Frame, JournalEvent, Payloads, Problem } from "./events";
export { ArtelierError } from "./problems";
export type { components, paths } from "./schema";
export { LONGEST_PAUSE, type FollowOptions } from "./stream";
