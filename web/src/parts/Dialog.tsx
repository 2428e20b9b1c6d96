import { useId, useRef, type ReactNode } from "react";

import { useSpeech } from "../words";
import { Icon } from "./Icon";
import { useModal } from "./modal";

/** A modal dialog: the browser keeps the focus inside, `Esc` closes it, and focus goes back to where it was. */
export function Dialog({ title, onClose, children, className = "" }: { title: string; onClose(): void; children: ReactNode; className?: string }): ReactNode {
  const { words } = useSpeech();
  const dialog = useRef<HTMLDialogElement>(null);
  const name = useId();
  useModal(dialog, "input, textarea, .choices button, .dialog-actions button");
  return (
    <dialog
      ref={dialog}
      className={`dialog ${className}`}
      aria-labelledby={name}
      onClose={onClose}
      onCancel={(event) => {
        // At once: the browser tells of its closing later, when a key may have opened something else already.
        if (event.target !== dialog.current) return;
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <header className="row">
        <h2 id={name}>{title}</h2>
        <button className="icon-btn end" type="button" aria-label={words.shell.close} onClick={onClose}>
          <Icon name="failed" />
        </button>
      </header>
      {children}
    </dialog>
  );
}
