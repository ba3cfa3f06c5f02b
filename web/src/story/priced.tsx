import { keepPreviousData, useIsMutating, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { said } from "@/api/problem";
import { leftText, priceReason, priceText } from "@/generate/price";
import { Button } from "@/kit/button";
import { toast } from "@/kit/toasts";
import { changeKey, priceQuery, type StoryEstimate, type Target, useStart } from "@/story/stories";

interface Props {
  slug: string;
  revision: string;
  target: Target;
  takes: number | null;
  /** What the button says before its price, from what would be made. */
  label: (estimate: StoryEstimate | undefined, force: boolean) => ReactNode;
  /** Why it cannot be pressed now, beside what the server says. */
  isHeld?: boolean;
  /** Whether new takes are offered where all that were asked for are there. */
  canForce?: boolean;
  look?: "strong" | "plain";
  className?: string;
  onBegun: (job: string) => void;
}

/** A button that spends, with what it will spend. It is the server that says both the price and
 * why it would refuse; nothing is made without a press on a price that is shown. */
export function Priced(props: Props) {
  const { slug, revision, target, takes, label, canForce = false } = props;
  // Whoever chooses another generator and presses at once has not seen its price.
  const isChanging = useIsMutating({ mutationKey: changeKey(slug) }) > 0;
  const isHeld = isChanging || (props.isHeld ?? false);
  const [isAllowed, setAllowed] = useState(false);
  const wish = { target, takes, force: false, allow_unpriced: isAllowed };
  const plain = useQuery({
    ...priceQuery(slug, revision, wish),
    placeholderData: keepPreviousData,
  });
  const isThere = plain.data?.items.every((one) => one.cached >= one.takes) ?? false;
  const force = canForce && isThere && !isHeld && !plain.isPlaceholderData;
  const anew = useQuery(priceQuery(slug, revision, { ...wish, force: true }, force));
  const start = useStart(slug);
  const estimate = force ? anew : plain;
  const { data, error } = estimate;
  const refusal = data?.refusal ?? null;
  const isCurrent = data !== undefined && !estimate.isPlaceholderData && !estimate.isFetching;
  const isNothing = isThere && !force && target.of !== "reroll";
  const cost = data?.cost_estimate;
  const trouble = start.error ?? error;
  // Not by `mutate`, which forgets whom to tell when another card is opened meanwhile.
  const press = async () => {
    try {
      const { job_id, warnings } = await start.mutateAsync({ ...wish, force });
      props.onBegun(job_id);
      for (const { message } of warnings) toast(message);
    } catch {
      // It stands below the button.
    }
  };
  return (
    <div className={`flex min-w-0 flex-col gap-2 ${props.className ?? ""}`}>
      <Button
        look={props.look ?? "strong"}
        className="h-10 whitespace-nowrap"
        disabled={isHeld || isNothing || !isCurrent || refusal !== null || start.isPending}
        title={cost && !isNothing ? priceReason(cost) : undefined}
        onClick={() => void press()}
      >
        <span>{label(data, force)}</span>
        {cost && !isNothing && !error && (
          <span className="font-normal tabular-nums opacity-75">{priceText(cost)}</span>
        )}
      </Button>
      {data?.budget && !isNothing && (
        <p className="text-xs text-soft tabular-nums">{leftText(data.budget)}</p>
      )}
      {(trouble || refusal) && (
        <p role="alert" className="text-[13px] text-red">
          {trouble ? said(trouble) : refusal?.message}
        </p>
      )}
      {(refusal?.reason === "unpriced" || isAllowed) && (
        <label className="flex items-center gap-2 text-xs">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={isAllowed}
            onChange={({ target: box }) => setAllowed(box.checked)}
          />
          Run it although nobody knows what it costs
        </label>
      )}
    </div>
  );
}
