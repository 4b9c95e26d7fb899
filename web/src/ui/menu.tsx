import { Check } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

const itemLook =
  "flex cursor-pointer items-center gap-2 rounded-md px-2.5 py-1.5 text-sm outline-none select-none data-disabled:cursor-not-allowed data-disabled:text-muted data-highlighted:bg-accent-weak";

interface MenuProps {
  button: ReactNode;
  children: ReactNode;
  align?: "start" | "end";
  /** It has closed; `preventDefault` keeps the focus from going back to the button. */
  onClosed?: (event: Event) => void;
}

/** A menu under its button: `<Menu button={<IconButton …/>}><MenuItem …/></Menu>`. */
export function Menu({ button, children, align = "end", onClosed }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{button}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content {...(onClosed ? { onCloseAutoFocus: onClosed } : {})} align={align} sideOffset={4} collisionPadding={8} className="z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 overflow-y-auto rounded-xl border bg-raised p-1 shadow-pop">
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface ItemProps {
  onSelect: () => void;
  /** Why it cannot be chosen now. */
  because?: string | false | undefined;
  danger?: boolean;
  chosen?: boolean;
  children: ReactNode;
}

export function MenuItem({ onSelect, because, danger, chosen, children }: ItemProps) {
  return (
    <DropdownMenu.Item disabled={Boolean(because)} onSelect={onSelect} className={cn(itemLook, danger && "text-bad")}>
      {children}
      {chosen && <Check className="ml-auto size-4" aria-hidden />}
      {because && <span className="ml-auto pl-3 text-xs">{because}</span>}
    </DropdownMenu.Item>
  );
}

export function MenuChoice<T extends string>({ label, value, options, onChoose }: { label: string; value: T; options: { value: T; name: string }[]; onChoose: (value: T) => void }) {
  return (
    <DropdownMenu.RadioGroup value={value} onValueChange={(chosen) => onChoose(chosen as T)} aria-label={label}>
      <DropdownMenu.Label className="px-2.5 pt-1.5 pb-0.5 text-xs font-medium text-muted">{label}</DropdownMenu.Label>
      {options.map((option) => (
        <DropdownMenu.RadioItem key={option.value} value={option.value} className={itemLook}>
          {option.name}
          <DropdownMenu.ItemIndicator className="ml-auto"><Check className="size-4" aria-hidden /></DropdownMenu.ItemIndicator>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

export const MenuLine = () => <DropdownMenu.Separator className="my-1 h-px bg-line" />;
