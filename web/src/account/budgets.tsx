import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { type BudgetRequest, budgetsQuery, useRemoveBudget, useSetBudget } from "@/account/money";
import type { Budget } from "@/api/client";
import { said } from "@/api/problem";
import { dollars, leftText } from "@/generate/price";
import { Button, IconButton } from "@/kit/button";
import { Panel, SELECT } from "@/kit/panel";
import { complain, toast } from "@/kit/toasts";
import { useStudio } from "@/studio";

const PERIODS = { day: "a day", month: "a month", total: "in all" } as const;

/** The limits that a submit is held to, with what is left of each. */
export function Budgets({ isAdmin }: { isAdmin: boolean }) {
  const { data, error } = useQuery(budgetsQuery);
  const budgets = data?.items ?? [];
  return (
    <Panel
      title="Budgets"
      about="What would go over a hard budget is refused before anything is spent. Held money counts."
    >
      {error && <p className="text-red">{said(error)}</p>}
      {data && budgets.length === 0 && <p className="mb-3 text-soft">There is no limit yet.</p>}
      <ul>
        {budgets.map((one) => (
          <Row key={one.id} budget={one} isAdmin={isAdmin} />
        ))}
      </ul>
      {isAdmin && <NewBudget />}
    </Panel>
  );
}

function Row({ budget, isAdmin }: { budget: Budget; isAdmin: boolean }) {
  const { boards } = useStudio();
  const remove = useRemoveBudget();
  const set = useSetBudget();
  const { amount, spent, held, scope, period, strictness } = budget;
  const of = (part: string) => `${Math.min(100, (Number(part) / (Number(amount) || 1)) * 100)}%`;
  const board = boards?.find(({ id }) => id === budget.subject_id)?.title;
  const name =
    scope === "tenant" ? "Everybody" : scope === "board" ? (board ?? "A board") : `One ${scope}`;
  const undo = () =>
    set.mutate(
      {
        scope,
        period,
        strictness,
        amount,
        subject_id: scope === "tenant" ? null : budget.subject_id,
      },
      { onError: complain },
    );
  return (
    <li className="border-t border-line py-3 first:border-t-0">
      <div className="flex items-baseline gap-3">
        <p className="min-w-0 flex-1 truncate">
          <span className="font-medium">{name}</span>{" "}
          <span className="text-soft">
            {dollars(amount)} {PERIODS[period]}
            {strictness === "soft" && ", warns only"}
          </span>
        </p>
        <p className="text-[13px] tabular-nums">{leftText(budget)}</p>
        {isAdmin && (
          <IconButton
            label={`Remove the budget of ${name}`}
            className="-my-2 self-center"
            onClick={() =>
              remove.mutate(budget.id, {
                onSuccess: () => toast("Budget removed", { action: { label: "Undo", act: undo } }),
                onError: complain,
              })
            }
          >
            <Trash2 size={15} />
          </IconButton>
        )}
      </div>
      <div
        role="img"
        aria-label={`${dollars(spent)} spent and ${dollars(held)} held of ${dollars(amount)}`}
        className="mt-2 flex h-1.5 overflow-hidden rounded-full bg-line"
      >
        <span className="bg-accent" style={{ width: of(spent) }} />
        <span className="bg-amber" style={{ width: of(held) }} />
      </div>
      <p className="mt-1 text-xs text-soft tabular-nums">
        {dollars(spent)} spent{Number(held) > 0 && `, ${dollars(held)} held`}
      </p>
    </li>
  );
}

const FRESH: BudgetRequest = {
  scope: "tenant",
  subject_id: null,
  period: "day",
  strictness: "hard",
  amount: "",
};

function NewBudget() {
  const { boards = [] } = useStudio();
  const [draft, setDraft] = useState(FRESH);
  const set = useSetBudget();
  const change = (part: Partial<BudgetRequest>) => setDraft((now) => ({ ...now, ...part }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    set.mutate(draft, { onSuccess: () => setDraft(FRESH) });
  };
  return (
    <form
      onSubmit={submit}
      aria-label="New budget"
      className="mt-3 grid grid-cols-2 gap-2 border-t border-line pt-3 sm:grid-cols-[1fr_1fr_1fr_auto]"
    >
      <select
        aria-label="Whose budget"
        className={SELECT}
        value={draft.subject_id ?? draft.scope}
        onChange={({ target: { value } }) =>
          change(
            value === "tenant"
              ? { scope: "tenant", subject_id: null }
              : { scope: "board", subject_id: value },
          )
        }
      >
        <option value="tenant">Everybody</option>
        {boards.map(({ id, title }) => (
          <option key={id} value={id}>
            Board: {title}
          </option>
        ))}
      </select>
      <select
        aria-label="For how long"
        className={SELECT}
        value={draft.period}
        onChange={({ target }) => change({ period: target.value as BudgetRequest["period"] })}
      >
        {Object.entries(PERIODS).map(([period, text]) => (
          <option key={period} value={period}>
            {text}
          </option>
        ))}
      </select>
      <label className="relative">
        <span className="absolute top-1/2 left-3 -translate-y-1/2 text-soft">$</span>
        <input
          required
          inputMode="decimal"
          pattern="\d+(\.\d+)?"
          aria-label="Amount in dollars"
          placeholder="10.00"
          className="field h-9 py-0 pl-7 tabular-nums"
          value={draft.amount}
          onChange={({ target }) => change({ amount: target.value.trim() })}
        />
      </label>
      <Button type="submit" look="strong" disabled={!draft.amount || set.isPending}>
        Set
      </Button>
      {set.error && (
        <p role="alert" className="col-span-full text-[13px] text-red">
          {said(set.error)}
        </p>
      )}
    </form>
  );
}
