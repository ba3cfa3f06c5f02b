import type { ReactNode } from "react";

interface Props {
  title: string;
  about?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** One matter of a page, on its own sheet. */
export function Panel({ title, about, action, children, className = "" }: Props) {
  return (
    <section className={`rounded-2xl border border-line bg-panel p-4 sm:p-5 ${className}`}>
      <header className="mb-3 flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1">
          <h3 className="text-[15px] font-semibold tracking-tight">{title}</h3>
          {about && <p className="mt-0.5 text-[13px] text-soft">{about}</p>}
        </div>
        {action}
      </header>
      {children}
    </section>
  );
}

export function PageTitle({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="mb-5 flex flex-wrap items-center gap-3">
      <h2 className="mr-auto text-[22px] font-semibold tracking-tight">{title}</h2>
      {children}
    </div>
  );
}

export const SELECT =
  "field h-9 appearance-none bg-[length:14px] bg-[right_0.75rem_center] bg-no-repeat py-0 pr-8 select-chevron";
