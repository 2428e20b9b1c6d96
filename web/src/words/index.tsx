import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from "react";

import { english, type Words } from "./english";
import { formatsOf, languageNow, type Formats, type Language } from "./formats";
import { russian } from "./russian";

export type { Formats, Language, Words };

const WORDS: Record<Language, Words> = { en: english, ru: russian };

interface Speech {
  words: Words;
  formats: Formats;
  language: Language;
  setLanguage(language: Language): void;
}

const SpeechContext = createContext<Speech | null>(null);

/** Gives everything below it its words; a change of language is kept. */
export function SpeechProvider({ children }: { children: ReactNode }): ReactNode {
  const [language, setState] = useState<Language>(languageNow);
  const setLanguage = useCallback((next: Language) => {
    localStorage.setItem("language", next);
    document.documentElement.lang = next;
    setState(next);
  }, []);
  const speech = useMemo(() => ({ words: WORDS[language], formats: formatsOf(language), language, setLanguage }), [language, setLanguage]);
  return <SpeechContext value={speech}>{children}</SpeechContext>;
}

/** Return the words and number formats of the person's language. */
export function useSpeech(): Speech {
  const speech = useContext(SpeechContext);
  if (speech === null) throw new Error("useSpeech is called outside SpeechProvider");
  return speech;
}

/** Return the words of one page, which come with the page. */
export function useWords<W>(both: Record<Language, W>): W {
  return both[useSpeech().language];
}
