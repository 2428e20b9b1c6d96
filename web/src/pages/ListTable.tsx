import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { IconName } from "../parts/Icon";
import { Empty, Loaded } from "./Loaded";

/** The head of one column; `unseen` for a column of buttons. */
export interface Head {
  name: string;
  right?: boolean;
  unseen?: boolean;
}

/** A list as a table on a page of its own, which says what will be here while it is empty. */
export function ListTable<Item>({ label, query, heads, empty, above, children }: { label: string; query: UseQueryResult<Item[]>; heads: Head[]; empty: { icon: IconName; title: string; text: string }; above?: ReactNode; children(item: Item): ReactNode }): ReactNode {
  return (
    <div className="paged grow">
      <div className="page">
        {above}
        <Loaded query={query}>
          {(items) =>
            items.length === 0 ? (
              <Empty icon={empty.icon} title={empty.title}>
                <p>{empty.text}</p>
              </Empty>
            ) : (
              <div className="tscroll" tabIndex={0} role="group" aria-label={label}>
                <table className="narrow-stack">
                  <thead>
                    <tr>
                      {heads.map((head) => (
                        <th key={head.name} className={head.right ? "r" : undefined}>
                          {head.unseen ? <span className="sr">{head.name}</span> : head.name}
                        </th>
                      ))}
                    </tr>
                  </thead>
                  <tbody>{items.map(children)}</tbody>
                </table>
              </div>
            )
          }
        </Loaded>
      </div>
    </div>
  );
}
