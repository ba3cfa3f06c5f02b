import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/kit/button";

interface Props {
  label: string;
  text: string;
  className?: string;
}

export function CopyButton({ label, text, className = "-my-1 size-7" }: Props) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  // Without a secure connection a page has no clipboard.
  if (!navigator.clipboard) return null;
  return (
    <IconButton
      label={isCopied ? "Copied" : label}
      className={className}
      onClick={() => void copy()}
    >
      {isCopied ? <Check size={14} /> : <Copy size={14} />}
    </IconButton>
  );
}

/** Something that is shown once, to be taken along. */
export function Shown({ label, text }: { label: string; text: string }) {
  return (
    <p className="flex items-center gap-1 rounded-[0.625rem] bg-well py-1 pr-1 pl-3">
      <code className="min-w-0 flex-1 truncate font-mono text-[13px]">{text}</code>
      <CopyButton label={label} text={text} className="size-8" />
    </p>
  );
}
