import type { ReactNode } from "react";
import { Card } from "./badge";

/** A part of a page with a heading of its own. */
export function Section({ title, about, actions, children }: { title: string; about?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-3">
      <header className="flex flex-wrap items-end gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1">
          <h2 className="text-base font-semibold">{title}</h2>
          {about && <p className="max-w-prose text-sm text-muted">{about}</p>}
        </div>
        {actions}
      </header>
      {children}
    </section>
  );
}

/** Names and values, one a line. */
export function Facts({ rows }: { rows: [name: string, value: ReactNode][] }) {
  return (
    <Card>
      <dl className="divide-y">
        {rows.map(([name, value]) => (
          <div key={name} className="flex flex-wrap justify-between gap-x-6 gap-y-0.5 px-4 py-2 text-sm">
            <dt className="text-muted">{name}</dt>
            <dd className="min-w-0 font-medium break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
