import "./confirm.css";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";

interface ConfirmProps {
  /** Text of the button and of its confirmation. */
  readonly action: string;
  /** Accessible name, where several buttons have the same text. */
  readonly label?: string;
  /** Consequences, shown in the dialog. */
  readonly children: ComponentChildren;
  readonly disabled?: boolean;
  readonly onConfirm: () => void;
}

/** A button whose action needs a confirmation. */
export function Confirm({ action, label, children, disabled = false, onConfirm }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" aria-label={label} disabled={disabled} onClick={() => dialog.current?.showModal()}>
        {action}
      </button>
      <dialog class="confirm" ref={dialog} aria-label={label ?? action}>
        {children}
        <form method="dialog">
          <button type="submit">Cancel</button>
          <button type="submit" class="primary" onClick={onConfirm}>
            {action}
          </button>
        </form>
      </dialog>
    </>
  );
}
