import { useQuery } from "@tanstack/react-query";
import { Members } from "@/account/members";
import { Providers } from "@/account/providers";
import { Tokens } from "@/account/tokens";
import { PageTitle, Panel } from "@/kit/panel";
import { setTheme, THEMES, useTheme } from "@/kit/theme";
import { sessionQuery } from "@/people/session";
import { useStudio } from "@/studio";

const PARTS = {
  providers: "Providers",
  appearance: "Appearance",
  tokens: "Tokens",
  members: "Members",
} as const;
type Part = keyof typeof PARTS;

/** What is set for everybody here, and for this browser. */
export default function SettingsPage() {
  const { here, go } = useStudio();
  const { data: session } = useQuery(sessionQuery);
  const part: Part =
    here.part && Object.hasOwn(PARTS, here.part) ? (here.part as Part) : "providers";
  const me = session?.me;
  const isAdmin = me?.role === "admin";
  return (
    <div className="mx-auto w-full max-w-4xl flex-1 px-4 py-6 sm:px-8">
      <PageTitle title="Settings" />
      <nav aria-label="Settings" className="mb-4 flex gap-1 overflow-x-auto">
        {(Object.keys(PARTS) as Part[]).map((one) => (
          <button
            key={one}
            type="button"
            aria-current={part === one ? "page" : undefined}
            onClick={() => go({ part: one }, "replace")}
            className="h-9 shrink-0 rounded-[0.625rem] px-3.5 font-medium text-soft hover:bg-well aria-[current]:bg-well aria-[current]:text-ink"
          >
            {PARTS[one]}
          </button>
        ))}
      </nav>
      {part === "providers" && <Providers isAdmin={isAdmin} />}
      {part === "appearance" && <Appearance />}
      {part === "tokens" && <Tokens />}
      {part === "members" && (
        <Members
          tenantId={me?.tenant?.id ?? ""}
          tenantName={me?.tenant?.name ?? ""}
          isAdmin={isAdmin}
          me={me?.user_id ?? null}
        />
      )}
    </div>
  );
}

const SAYS = {
  system: "As the system has it",
  light: "Light",
  dark: "Dark",
} as const;

function Appearance() {
  const theme = useTheme();
  return (
    <Panel title="Theme" about="Kept in this browser. Movement follows the system's setting.">
      <fieldset className="grid gap-2 sm:grid-cols-3">
        <legend className="sr-only">Theme</legend>
        {THEMES.map((one) => (
          <label
            key={one}
            className="flex cursor-pointer items-center gap-3 rounded-xl border border-line p-3 has-checked:border-accent has-checked:bg-accent-soft"
          >
            <input
              type="radio"
              name="theme"
              checked={theme === one}
              onChange={() => setTheme(one)}
              className="accent-accent"
            />
            {SAYS[one]}
          </label>
        ))}
      </fieldset>
    </Panel>
  );
}
