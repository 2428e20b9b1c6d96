import { useEffect, useRef } from "react";

import { questionOf } from "../conversation/QuestionCard";
import type { Schemas } from "../server";
import { useTelling } from "../words/telling";

const KEY = "notifications";

/** Return whether the person wants to be told outside the page. */
export function wantsNotifications(): boolean {
  return localStorage.getItem(KEY) === "on" && globalThis.Notification?.permission === "granted";
}

/** Ask the browser to let us tell; returns whether it does. */
export async function askNotifications(on: boolean): Promise<boolean> {
  if (!on || globalThis.Notification === undefined || (await Notification.requestPermission()) !== "granted") {
    localStorage.removeItem(KEY);
    return false;
  }
  localStorage.setItem(KEY, "on");
  return true;
}

/** Tell of each new question while nobody looks at the page. */
export function useNotifications(questions: Schemas["ApprovalView"][]): void {
  const telling = useTelling();
  const told = useRef<Set<string> | null>(null);
  useEffect(() => {
    const known = told.current;
    told.current = new Set(questions.map((question) => question.id));
    if (known === null || !document.hidden || !wantsNotifications()) return;
    for (const question of questions.filter((each) => !known.has(each.id))) {
      const note = new Notification(`Artelier · ${question.agent}`, { body: telling.question(questionOf(question)), tag: question.id });
      note.onclick = () => {
        focus();
        location.assign(`/sessions/${question.root_session_id}`);
      };
    }
  }, [questions, telling]);
}
