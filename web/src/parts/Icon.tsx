import type { ReactNode } from "react";

import type { IconName } from "./icon_names";
import sprite from "./icons.svg?raw";

export type { IconName };

/** Puts all symbols into the page once; `Icon` refers to them. */
export function Sprite(): ReactNode {
  return <div hidden dangerouslySetInnerHTML={{ __html: sprite }} />;
}

/** A symbol; with a `label` it says something by itself, without one it stands beside words. */
export function Icon({ name, label, small, className = "" }: { name: IconName; label?: string; small?: boolean; className?: string }): ReactNode {
  const said = label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label };
  return (
    <svg className={`icon ${small ? "s " : ""}${className}`} {...said}>
      <use href={`#i-${name}`} />
    </svg>
  );
}

/** The mark: five timeline bars in the shape of an A. */
export function Mark(): ReactNode {
  return (
    <svg className="mark" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M10.8 4h2.4M8.5 9.3h7M3.5 20h4M16.5 20h4" />
      <path className="hand" d="M6 14.6h12" />
    </svg>
  );
}
