import { Clapperboard } from "lucide-react";

/** Where stories are laid out: cards, takes, picks. */
export default function StoryPage() {
  return (
    <section className="mx-auto grid flex-1 place-items-center px-6 py-24 text-center text-soft">
      <div>
        <Clapperboard size={28} strokeWidth={1.5} className="mx-auto mb-4" aria-hidden="true" />
        <p>Stories are made by the command line for now: boards story --help.</p>
      </div>
    </section>
  );
}
