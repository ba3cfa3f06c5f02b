import { useQuery } from "@tanstack/react-query";
import { type AttentionItem, attentionQuery, useDecide, type Way } from "@/account/money";
import { said } from "@/api/problem";
import { priceText } from "@/generate/price";
import { Thumb } from "@/generate/slots";
import { Button } from "@/kit/button";
import { Panel } from "@/kit/panel";
import { agoText, titleOf } from "@/kit/texts";
import { complain, toast } from "@/kit/toasts";
import { useStudio } from "@/studio";

const WHY: Record<AttentionItem["reason"], string> = {
  submit_unknown: "A paid call began and its answer was lost.",
  parked: "It was paid for and has waited for long.",
  failed: "It failed after it may have been charged.",
  cancelled: "It was cancelled after it may have been charged.",
};

const WAYS: Record<Way, { label: string; title: string }> = {
  check_again: { label: "Check again", title: "Ask the provider. Nothing is run again." },
  mark_lost: { label: "Mark lost", title: "Give it up. Its price counts as spent." },
  release_hold: { label: "Release the hold", title: "Say that it was not billed." },
};

/** What waits for a person's decision: never run again by itself, its price held until then. */
export function Attention() {
  const { data = [], error, isSuccess } = useQuery(attentionQuery);
  return (
    <Panel
      title="To be decided"
      about="A paid call whose end nobody knows is never made again by itself. Its price stays held."
    >
      {error && <p className="text-red">{said(error)}</p>}
      {isSuccess && data.length === 0 && <p className="text-soft">Nothing waits for you.</p>}
      <ul>
        {data.map((item) => (
          <Row key={item.generation.id} item={item} />
        ))}
      </ul>
    </Panel>
  );
}

function Row({ item: { generation, reason, ways, external_id } }: { item: AttentionItem }) {
  const { view, makerOf } = useStudio();
  const decide = useDecide();
  const title = titleOf(generation, makerOf(generation));
  const act = (way: Way) =>
    decide.mutate(
      { id: generation.id, way },
      { onSuccess: ({ message }) => toast(message), onError: complain },
    );
  return (
    <li className="flex flex-wrap items-center gap-3 border-t border-line py-3 first:border-t-0">
      <button
        type="button"
        aria-label={`Look at ${title}`}
        onClick={() => view(generation.id)}
        className="size-11 shrink-0 overflow-hidden rounded-lg bg-well"
      >
        <Thumb generation={generation} />
      </button>
      <div className="min-w-48 flex-1">
        <p className="truncate font-medium">{title}</p>
        <p className="text-[13px] text-soft">
          {WHY[reason]} {priceText(generation.cost_estimate)} held, {agoText(generation.created_at)}
          .{external_id && ` The provider calls it ${external_id}.`}
        </p>
      </div>
      <div className="flex flex-wrap gap-1.5">
        {ways.map((way) => (
          <Button
            key={way}
            look={way === "check_again" ? "plain" : "quiet"}
            title={WAYS[way].title}
            disabled={decide.isPending}
            onClick={() => act(way)}
          >
            {WAYS[way].label}
          </Button>
        ))}
      </div>
    </li>
  );
}
