import type { ReactNode } from "react";

import { Icon, type IconName } from "../parts/Icon";

/** One step on a run's spine. */
export function Node({ icon, tone = "", className = "", children }: { icon?: IconName; tone?: string; className?: string; children: ReactNode }): ReactNode {
  return (
    <div className={`step ${className}`}>
      {icon !== undefined && (
        <span className={`node ${tone}`}>
          <Icon name={icon} />
        </span>
      )}
      {children}
    </div>
  );
}
