import { ceilingOf, daysBetween, dayText } from "@/account/days";
import type { SpendReport, SpendRow } from "@/account/money";
import { dollars } from "@/generate/price";

const HEIGHT = 160;

/** What was spent on each day, as bars; days without anything stand empty. */
export function DayChart({ report }: { report: SpendReport }) {
  const byDay = new Map(report.rows.map((row) => [row.key, row]));
  const days = daysBetween(report.first, report.last);
  const amount = (row: SpendRow | undefined) => Number(row?.spent ?? 0);
  const top = ceilingOf(Math.max(...report.rows.map(amount), 0));
  const every = Math.max(1, Math.ceil(days.length / 5));
  return (
    <figure className="m-0">
      <figcaption className="sr-only">
        Spent each day from {dayText(report.first)} to {dayText(report.last)}
      </figcaption>
      <div className="flex gap-3">
        <div
          aria-hidden="true"
          className="flex flex-col justify-between text-right text-xs text-soft tabular-nums"
          style={{ height: HEIGHT }}
        >
          <span>{dollars(String(top))}</span>
          <span>{dollars(String(top / 2))}</span>
          <span>$0</span>
        </div>
        <div className="min-w-0 flex-1">
          <ol
            className="flex items-end gap-px border-b border-edge bg-[linear-gradient(var(--line),var(--line)),linear-gradient(var(--line),var(--line))] bg-[length:100%_1px] bg-[position:0_0,0_50%] bg-no-repeat sm:gap-0.5"
            style={{ height: HEIGHT }}
          >
            {days.map((day) => {
              const row = byDay.get(day);
              const share = amount(row) / top;
              const text = `${dayText(day)}: ${dollars(row?.spent ?? "0")}, ${row?.runs ?? 0} runs`;
              return (
                <li
                  key={day}
                  title={text}
                  className="group flex h-full min-w-0 flex-1 items-end hover:bg-well"
                >
                  <span className="sr-only">{text}</span>
                  <span
                    aria-hidden="true"
                    className="block w-full rounded-t-[3px] bg-accent"
                    style={{ height: share > 0 ? `max(2px, ${share * 100}%)` : 0 }}
                  />
                </li>
              );
            })}
          </ol>
          <div aria-hidden="true" className="mt-1.5 flex text-xs text-soft">
            {days
              .filter((_, place) => place % every === 0)
              .map((day) => (
                <span key={day} className="min-w-0 flex-1 whitespace-nowrap">
                  {dayText(day)}
                </span>
              ))}
          </div>
        </div>
      </div>
    </figure>
  );
}

/** What was spent on each of several things, the dearest first. */
export function ShareList({
  rows,
  nameOf,
}: {
  rows: readonly SpendRow[];
  nameOf: (row: SpendRow) => string;
}) {
  const sorted = rows.toSorted((one, other) => Number(other.spent) - Number(one.spent));
  const most = Math.max(...rows.map(({ spent }) => Number(spent)), 0) || 1;
  if (sorted.length === 0) return <p className="py-3 text-soft">Nothing in these days.</p>;
  return (
    <ul>
      {sorted.slice(0, 12).map((row) => (
        <li key={row.key} className="relative flex items-baseline gap-3 py-1.5 text-[13px]">
          <span
            aria-hidden="true"
            className="absolute inset-y-0.5 left-0 -z-0 rounded-md bg-accent-soft"
            style={{ width: `${(Number(row.spent) / most) * 100}%` }}
          />
          <span className="relative min-w-0 flex-1 truncate px-2">{nameOf(row)}</span>
          <span className="relative text-xs text-soft tabular-nums">{row.runs} runs</span>
          <span className="relative w-20 pr-1 text-right tabular-nums">{dollars(row.spent)}</span>
        </li>
      ))}
    </ul>
  );
}
