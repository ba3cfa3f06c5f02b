import { type InputHTMLAttributes, type ReactNode, useId } from "react";
import { Mark } from "@/kit/mark";
import { ThemeSwitch } from "@/kit/theme";

/** One thing to do before the studio: the whole page, with a card in its middle. */
export function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-14 items-center justify-end px-3 sm:px-4">
        <ThemeSwitch />
      </header>
      <main className="grid flex-1 place-items-center px-4 pb-24">
        <section
          aria-labelledby="card-title"
          className="w-full max-w-[22rem] animate-rise rounded-2xl border border-line bg-panel p-6 shadow-lift sm:p-8"
        >
          <Mark className="-ml-1 size-9" />
          <h1 id="card-title" className="mt-5 mb-5 text-xl font-semibold tracking-tight">
            {title}
          </h1>
          {children}
        </section>
      </main>
    </div>
  );
}

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  hint?: string;
  fault?: string | undefined;
}

export function LabelledField({ label, hint, fault, ...rest }: FieldProps) {
  const id = useId();
  const said = fault ?? hint;
  return (
    <div className="mb-4">
      <label htmlFor={id} className="mb-1.5 block text-[13px] font-medium">
        {label}
      </label>
      <input
        id={id}
        className="field"
        aria-invalid={fault ? true : undefined}
        aria-describedby={said ? `${id}-said` : undefined}
        {...rest}
      />
      {said && (
        <p id={`${id}-said`} className={`mt-1.5 text-[13px] ${fault ? "text-red" : "text-soft"}`}>
          {said}
        </p>
      )}
    </div>
  );
}

export function Notice({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className="mb-4 rounded-[0.625rem] bg-red-soft px-3 py-2 text-red">
      {children}
    </p>
  );
}
