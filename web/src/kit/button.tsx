import type { ButtonHTMLAttributes, ReactNode } from "react";

type Look = "strong" | "plain" | "quiet" | "danger";

const LOOKS: Record<Look, string> = {
  strong: "bg-ink text-panel hover:opacity-85 disabled:opacity-35",
  plain: "bg-well text-ink hover:bg-line disabled:opacity-45",
  quiet: "text-soft hover:bg-well hover:text-ink disabled:opacity-45",
  danger: "bg-red-soft text-red hover:bg-red hover:text-panel disabled:opacity-45",
};

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
}

export function Button({ look = "plain", className = "", type = "button", ...rest }: Props) {
  return (
    <button
      type={type}
      className={`inline-flex h-9 items-center justify-center gap-2 rounded-[0.625rem] px-3.5 font-medium transition-[background-color,color,opacity] duration-150 ${LOOKS[look]} ${className}`}
      {...rest}
    />
  );
}

interface IconProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** What it does, for those who cannot see the picture and as its tip. */
  label: string;
  children: ReactNode;
}

export function IconButton({ label, className = "", type = "button", ...rest }: IconProps) {
  return (
    <button
      type={type}
      aria-label={label}
      title={label}
      className={`inline-grid size-9 shrink-0 place-items-center rounded-[0.625rem] text-soft transition-colors duration-150 hover:bg-well hover:text-ink disabled:opacity-40 ${className}`}
      {...rest}
    />
  );
}
