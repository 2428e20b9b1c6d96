import { ArtelierError } from "@artelier/client";

import { languageNow, type Language } from "./formats";
import { failureText } from "./problems";

/** Return what a failure says to a person: what happened and what to do, with the code last. */
export function problemText(failure: unknown, language: Language = languageNow()): { text: string; code: string } {
  if (failure instanceof ArtelierError) return { text: failureText(language, failure.code, failure.message), code: failure.code };
  return { text: failure instanceof Error ? failure.message : String(failure), code: "" };
}
