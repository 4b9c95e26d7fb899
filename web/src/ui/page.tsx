import { useEffect, type ReactNode } from "react";
import { cn } from "@/lib/cn";
import { setPageTitle } from "@/lib/title";

interface PageProps {
  title: string;
  /** Beside the title. */
  actions?: ReactNode;
  about?: ReactNode;
  /** Takes the whole width (boards, comparisons). */
  wide?: boolean;
  children: ReactNode;
}

/** A page: its title in the window and as its only h1. */
export function Page({ title, actions, about, wide, children }: PageProps) {
  useTitle(title);
  return (
    <div className={cn("mx-auto flex w-full flex-col gap-5 px-4 py-5 sm:px-6", wide ? "max-w-none" : "max-w-5xl")}>
      <header className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-60">
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          {about && <div className="mt-0.5 text-sm text-muted">{about}</div>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

export function useTitle(title: string) {
  useEffect(() => {
    setPageTitle(title);
  }, [title]);
}
