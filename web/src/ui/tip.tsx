import { Tooltip } from "radix-ui";
import type { ReactNode } from "react";

/** A few words beside what is pointed at or focused. They repeat what is also said otherwise. */
export function Tip({ text, children }: { text: string; children: ReactNode }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content sideOffset={6} collisionPadding={8} className="z-50 max-w-72 rounded-md bg-ink px-2.5 py-1.5 text-xs text-ground shadow-pop">
          {text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

export const TipProvider = ({ children }: { children: ReactNode }) => <Tooltip.Provider delayDuration={350}>{children}</Tooltip.Provider>;
