import { ArrowRight } from "lucide-react";
import { said } from "@/api/problem";
import { useSubmit } from "@/api/queries";
import { Button } from "@/kit/button";
import { useStudio } from "@/studio";

const FIRST_GENERATOR = "local-poster";
const FIRST_PROMPT = "Nothing is pinned yet";

/** A board with nothing on it: one click makes the first thing, and it costs nothing. */
export function EmptyBoard() {
  const { board, generators, openForm, goTo } = useStudio();
  const submit = useSubmit();
  const canMake = generators.some(
    ({ name, unavailable }) => name === FIRST_GENERATOR && !unavailable,
  );
  const make = () =>
    submit.mutate(
      {
        generator: FIRST_GENERATOR,
        inputs: { prompt: FIRST_PROMPT },
        takes: 1,
        board_id: board?.id ?? null,
      },
      {
        onSuccess: ({ generations }) => {
          if (generations[0]) goTo(generations[0].board_id);
        },
      },
    );
  return (
    <div className="mx-auto flex max-w-md flex-col items-center px-6 pt-[16vh] pb-16 text-center">
      <BlankPrints />
      <h2 className="mt-8 text-[22px] leading-tight font-semibold tracking-tight">
        {board ? `${board.title} is empty` : "An empty wall"}
      </h2>
      <p className="mt-2.5 text-balance text-soft">
        Make something, or drop pictures, video, sound or text here. Everything on a board can be an
        input of the next step.
      </p>
      <div className="mt-7 flex flex-wrap justify-center gap-2">
        {canMake && (
          <Button look="strong" onClick={make} disabled={submit.isPending}>
            Make a first poster <span className="opacity-65">free</span>
          </Button>
        )}
        <Button className="lg:hidden" onClick={() => openForm(true)}>
          Choose a generator <ArrowRight size={16} />
        </Button>
      </div>
      {submit.error && (
        <p role="alert" className="mt-4 text-red">
          {said(submit.error)}
        </p>
      )}
    </div>
  );
}

function BlankPrints() {
  const mat = "fill-panel stroke-line";
  const print = "fill-well";
  return (
    <svg viewBox="0 0 232 104" className="w-58" aria-hidden="true">
      <g transform="rotate(-5 44 60)">
        <rect x="8" y="20" width="72" height="72" rx="7" className={mat} />
        <rect x="24" y="28" width="40" height="56" rx="1.5" className={print} />
      </g>
      <g transform="rotate(4 188 60)">
        <rect x="152" y="20" width="72" height="72" rx="7" className={mat} />
        <rect x="160" y="36" width="56" height="40" rx="1.5" className={print} />
      </g>
      <rect x="74" y="8" width="84" height="84" rx="8" className={mat} />
      <rect
        x="90"
        y="18"
        width="52"
        height="64"
        rx="1.5"
        className="fill-none stroke-edge"
        strokeDasharray="4 4"
      />
      <path
        d="M116 42v16M108 50h16"
        className="stroke-soft"
        strokeWidth="1.75"
        strokeLinecap="round"
      />
    </svg>
  );
}
