import { useState, type ReactNode } from "react";

import { singleLettersOff } from "../parts/keys";
import { askNotifications, wantsNotifications } from "../shell/notifications";
import { chosenTheme, setTheme, type Theme } from "../shell/theme";
import { useSpeech, useWords } from "../words";
import { settingsWords } from "../words/settings";
import { Choice } from "./Choice";
import { Switch } from "./Switch";

const THEMES = ["system", "light", "dark"] as const;
const LANGUAGES = ["en", "ru"] as const;

/** What only this browser remembers: theme, language, keys, notifications. */
export function ThisBrowser(): ReactNode {
  const words = useWords(settingsWords);
  const { words: general, language, setLanguage } = useSpeech();
  const [theme, setChosen] = useState<Theme>(chosenTheme);
  const [letters, setLetters] = useState(() => !singleLettersOff());
  const [notes, setNotes] = useState(wantsNotifications);
  const [refused, setRefused] = useState(false);
  const toggleLetters = (on: boolean): void => {
    if (on) localStorage.removeItem("letters");
    else localStorage.setItem("letters", "off");
    setLetters(on);
  };
  const toggleNotes = async (on: boolean): Promise<void> => {
    const allowed = await askNotifications(on);
    setNotes(allowed);
    setRefused(on && !allowed);
  };
  return (
    <div className="setting-form">
      <div className="setting">
        <span className="label">{words.theme}</span>
        <Choice
          label={words.theme}
          options={THEMES}
          names={general.shell.themes}
          value={theme}
          onChange={(next) => {
            setTheme(next);
            setChosen(next);
          }}
        />
      </div>
      <div className="setting">
        <span className="label">{words.language}</span>
        <Choice label={words.language} options={LANGUAGES} names={{ en: "English", ru: "Русский" }} value={language} onChange={setLanguage} />
      </div>
      <div className="setting">
        <span className="label" id="letters-label">
          {words.letters}
        </span>
        <div>
          <Switch labelledBy="letters-label" on={letters} onChange={toggleLetters} />
          <p className="help">{words.lettersHelp}</p>
        </div>
      </div>
      <div className="setting">
        <span className="label" id="notes-label">
          {words.notifications}
        </span>
        <div>
          <Switch labelledBy="notes-label" on={notes} onChange={(on) => void toggleNotes(on)} />
          <p className="help">{words.notificationsHelp}</p>
          {refused && (
            <p className="error" role="alert">
              {words.refused}
            </p>
          )}
        </div>
      </div>
    </div>
  );
}
