import type { ReactNode } from "react";

import { Dialog } from "../parts/Dialog";
import { MOD } from "../parts/keys";
import { useSpeech } from "../words";

const KEYS = {
  en: [
    ["anywhere", [[`${MOD}K`, "search and commands"], ["N", "new session"], ["W", "next question"], ["G I", "inbox"], ["G U", "usage"], ["G A", "agents"], ["G S", "settings"], ["J K", "next, previous session"], ["[ ]", "columns"], ["?", "these keys"]]],
    ["message", [["⏎", "send or queue"], ["⇧⏎", "new line"], [`${MOD}⏎`, "interrupt and send"], ["↑", "last message"], ["@", "agent"], ["Esc Esc", "cancel the run"]]],
    ["question", [["A", "approve"], ["R", "reject with words"], ["E", "edit the arguments"], ["1–4", "once, run, session, workspace"]]],
    ["thread", [["↑ ↓", "from step to step"], ["⏎", "into the step"], ["Esc", "out of it"], ["U", "undo the run"], ["Y", "redo"], ["End", "to the newest"]]],
  ],
  ru: [
    ["везде", [[`${MOD}K`, "поиск и команды"], ["N", "новая сессия"], ["W", "следующий вопрос"], ["G I", "входящие"], ["G U", "расходы"], ["G A", "агенты"], ["G S", "настройки"], ["J K", "следующая и предыдущая сессия"], ["[ ]", "столбцы"], ["?", "эти клавиши"]]],
    ["сообщение", [["⏎", "отправить или поставить в очередь"], ["⇧⏎", "новая строка"], [`${MOD}⏎`, "прервать и отправить"], ["↑", "прошлое сообщение"], ["@", "агент"], ["Esc Esc", "остановить запуск"]]],
    ["вопрос", [["A", "разрешить"], ["R", "отклонить со словами"], ["E", "изменить аргументы"], ["1–4", "один раз, на запуск, на сессию, на папку"]]],
    ["лента", [["↑ ↓", "от шага к шагу"], ["⏎", "внутрь шага"], ["Esc", "наружу"], ["U", "вернуть изменения запуска"], ["Y", "повторить"], ["End", "к новому"]]],
  ],
} as const;

/** All keys, by place. */
export function KeysDialog({ onClose }: { onClose(): void }): ReactNode {
  const { words, language } = useSpeech();
  return (
    <Dialog title={words.shell.keys} onClose={onClose} className="wide">
      <div className="grid2">
        {KEYS[language].map(([place, keys]) => (
          <section key={place}>
            <h3>{place}</h3>
            <dl className="keys">
              {keys.map(([key, does]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
