import "./confirm.css";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";

interface ConfirmProps {
  /** On the button that asks, and on the one that does it. */
  readonly does: string;
  /** Read out instead, where several buttons say the same. */
  readonly label?: string;
  /** What it will do, and to whom. */
  readonly children: ComponentChildren;
  readonly disabled?: boolean;
  readonly act: () => void;
}

/** A button for what hurts: it says how before it does. */
export function Confirm({ does, label, children, disabled = false, act }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" aria-label={label} disabled={disabled} onClick={() => dialog.current?.showModal()}>
        {does}
      </button>
      <dialog class="confirm" ref={dialog} aria-label={label ?? does}>
        {children}
        <form method="dialog">
          <button type="submit">Leave it</button>
          <button type="submit" class="primary" onClick={act}>
            {does}
          </button>
        </form>
      </dialog>
    </>
  );
}
