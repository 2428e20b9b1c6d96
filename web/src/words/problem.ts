import { ArtelierError } from "@artelier/client";

/** Return what a failure says to a person: what happened and what to do, with the code last. */
export function problemText(failure: unknown): { text: string; code: string } {
  if (failure instanceof ArtelierError) return { text: failure.message, code: failure.code };
  return { text: failure instanceof Error ? failure.message : String(failure), code: "" };
}
