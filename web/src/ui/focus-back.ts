// Where the focus was before something opened in front of the page, so that it can go back there.

let last: HTMLElement | undefined;
const inFront = "[role=dialog],[role=menu],[role=listbox]";

document.addEventListener("focusin", ({ target }) => {
  if (target instanceof HTMLElement && !target.closest(inFront)) last = target;
});
document.addEventListener("focusout", ({ target, relatedTarget }) => {
  if (!relatedTarget && target === last) last = undefined; // somebody clicked beside it
});

/** For `onCloseAutoFocus`: what opens without a button of its own has no other way back. */
export function focusBack(event: Event) {
  event.preventDefault();
  const to = last?.isConnected ? last : document.getElementById("content");
  to?.focus({ preventScroll: true });
}

/** For `onOpenAutoFocus`: to the first field, else to the whole, and not to the button that closes it. */
export function focusField(event: Event) {
  event.preventDefault();
  const dialog = event.currentTarget as HTMLElement;
  (dialog.querySelector<HTMLElement>("input:not([type=hidden]), textarea, select") ?? dialog).focus();
}
