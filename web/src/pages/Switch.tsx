import type { ReactNode } from "react";

/** A switch that says by itself whether it is on. */
export function Switch({ id, labelledBy, on, onChange }: { id?: string; labelledBy: string; on: boolean; onChange(on: boolean): void }): ReactNode {
  return (
    <button type="button" {...(id === undefined ? {} : { id })} role="switch" aria-checked={on} aria-labelledby={labelledBy} className="switch-button" onClick={() => onChange(!on)}>
      <span className={`switch ${on ? "on" : ""}`} />
    </button>
  );
}
