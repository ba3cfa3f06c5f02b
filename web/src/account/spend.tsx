import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { Attention } from "@/account/attention";
import { Budgets } from "@/account/budgets";
import { DayChart, ShareList } from "@/account/chart";
import { dayOf, plusDays } from "@/account/days";
import { ledgerQuery, type SpendBy, spendQuery } from "@/account/money";
import { address } from "@/api/client";
import { said } from "@/api/problem";
import { dollars } from "@/generate/price";
import { PageTitle, Panel } from "@/kit/panel";
import { agoText, nameOf } from "@/kit/texts";
import { sessionQuery } from "@/people/session";
import { useStudio } from "@/studio";

const SPANS = { "7 days": 7, "30 days": 30, "90 days": 90 } as const;
type Span = keyof typeof SPANS;

/** What was spent and on what, what is held, what may be spent, and what waits for a decision. */
export default function SpendPage() {
  const { data: session } = useQuery(sessionQuery);
  const [span, setSpan] = useState<Span>("30 days");
  const last = dayOf(new Date());
  const first = plusDays(last, 1 - SPANS[span]);
  const { data: report, error } = useQuery(spendQuery("day", first, last));
  const csv = new URLSearchParams({ by: "day", first, last, format: "csv" });
  return (
    <div className="mx-auto w-full max-w-6xl flex-1 px-4 py-6 sm:px-8">
      <PageTitle title="Spend">
        <fieldset className="flex rounded-[0.625rem] bg-well p-0.5">
          <legend className="sr-only">Of the last</legend>
          {(Object.keys(SPANS) as Span[]).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={span === one}
              onClick={() => setSpan(one)}
              className="h-8 rounded-lg px-3 text-[13px] text-soft aria-pressed:bg-panel aria-pressed:font-medium aria-pressed:text-ink aria-pressed:shadow-print"
            >
              {one}
            </button>
          ))}
        </fieldset>
        <a
          href={address(`/api/v1/spend?${csv}`)}
          download={`spend-${first}-${last}.csv`}
          className="inline-flex h-9 items-center gap-2 rounded-[0.625rem] px-3 font-medium text-soft hover:bg-well hover:text-ink"
        >
          <Download size={15} aria-hidden="true" /> CSV
        </a>
      </PageTitle>
      {error && (
        <p role="alert" className="mb-4 rounded-xl bg-red-soft p-4 text-red">
          {said(error)}
        </p>
      )}
      <div className="grid gap-4 lg:grid-cols-2">
        <Panel title="By day" className="lg:col-span-2">
          {report && (
            <>
              <dl className="mb-5 flex flex-wrap gap-x-10 gap-y-3">
                <Figure name="Spent" value={dollars(report.total.spent)} />
                <Figure name="Held now" value={dollars(report.total.held)} />
                <Figure name="Runs" value={report.total.runs.toLocaleString()} />
                {report.total.unpriced > 0 && (
                  <Figure name="Unpriced runs" value={String(report.total.unpriced)} />
                )}
              </dl>
              <DayChart report={report} />
              <p className="mt-3 text-xs text-soft">Days begin in {report.time_zone}.</p>
            </>
          )}
        </Panel>
        <Shares by="generator" title="By generator" first={first} last={last} />
        <Shares by="board" title="By board" first={first} last={last} />
        <Budgets isAdmin={session?.me?.role === "admin"} />
        <Attention />
        <Ledger />
      </div>
    </div>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt className="text-xs text-soft">{name}</dt>
      <dd className="text-[22px] font-semibold tracking-tight tabular-nums">{value}</dd>
    </div>
  );
}

interface SharesProps {
  by: SpendBy;
  title: string;
  first: string;
  last: string;
}

function Shares({ by, title, first, last }: SharesProps) {
  const { boards, generators } = useStudio();
  const { data } = useQuery(spendQuery(by, first, last));
  return (
    <Panel title={title}>
      {data && (
        <ShareList
          rows={data.rows}
          nameOf={({ key, label }) =>
            boards?.find(({ id }) => id === key)?.title ??
            generators.find(({ name }) => name === key)?.title ??
            label
          }
        />
      )}
    </Panel>
  );
}

const KINDS = { hold: "Held", settle: "Spent", release: "Released", adjust: "Corrected" } as const;

/** The last rows of the books, for whoever wants to know exactly. */
function Ledger() {
  const { view } = useStudio();
  const { data = [], error } = useQuery(ledgerQuery);
  return (
    <Panel
      title="Ledger"
      about="Every amount that was held, spent, released or corrected, newest first."
      className="lg:col-span-2"
    >
      {error && <p className="text-red">{said(error)}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section tabIndex={0} aria-label="Rows" className="max-h-80 overflow-auto">
        <table className="w-full text-left text-[13px]">
          <thead className="sticky top-0 bg-panel text-xs text-soft">
            <tr>
              <th className="py-1.5 font-medium">When</th>
              <th className="font-medium">What</th>
              <th className="pr-4 text-right font-medium">Amount</th>
              <th className="font-medium max-sm:hidden">Why</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {data.map((row) => (
              <tr key={row.number} className="border-t border-line">
                <td className="py-1.5 whitespace-nowrap">{agoText(row.created_at)}</td>
                <td>{KINDS[row.kind]}</td>
                <td className="pr-4 text-right tabular-nums">{dollars(row.amount)}</td>
                <td className="text-soft max-sm:hidden">
                  {[row.source, row.cause]
                    .filter(Boolean)
                    .map((one) => nameOf(String(one)))
                    .join(" · ")}
                </td>
                <td className="text-right">
                  <button
                    type="button"
                    className="text-soft underline-offset-2 hover:text-ink hover:underline"
                    onClick={() => view(row.generation_id)}
                  >
                    Look<span className="sr-only"> at what row {row.number} is for</span>
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {data.length === 0 && <p className="py-3 text-soft">Nothing was ever held or spent.</p>}
      </section>
    </Panel>
  );
}
