import type { ReactNode } from "react";

import { Dialog } from "../parts/Dialog";
import { useSpeech, useWords } from "../words";
import { keysWords } from "../words/keys";

/** All keys, by place. */
export function KeysDialog({ onClose }: { onClose(): void }): ReactNode {
  const { words } = useSpeech();
  const places = useWords(keysWords);
  return (
    <Dialog title={words.shell.keys} onClose={onClose} className="wide">
      <div className="grid2">
        {places.map(([place, keys]) => (
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
