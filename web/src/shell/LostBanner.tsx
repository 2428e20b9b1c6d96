import type { ReactNode } from "react";

import { Icon } from "../parts/Icon";
import { useSpeech } from "../words";
import { useIsLost } from "./connection";

/** Says on every page that the server is lost, and is gone as soon as it answers again. */
export function LostBanner(): ReactNode {
  const { words } = useSpeech();
  const isLost = useIsLost();
  return (
    <div role="status" aria-live="polite" className="lost-place">
      {isLost && (
        <div className="banner">
          <Icon name="offline" />
          <span>{words.shell.lost}</span>
        </div>
      )}
    </div>
  );
}
