import { KEYS, keyText } from "@/kit/keys";
import { Modal } from "@/kit/modal";

/** All keys, by where they work. */
export default function KeySheet({ onClose }: { onClose: () => void }) {
  const places = [...new Set(KEYS.map(({ where }) => where))];
  return (
    <Modal title="Keys" onClose={onClose} className="w-4xl">
      <div className="gap-10 px-5 pb-6 sm:columns-2">
        {places.map((place) => (
          <section key={place} className="mb-6 break-inside-avoid">
            <h3 className="mb-1 text-xs font-medium text-soft">{place}</h3>
            <dl>
              {KEYS.filter(({ where }) => where === place).map(({ keys, does }) => (
                <div
                  key={does}
                  className="flex items-center justify-between gap-4 border-b border-line py-1.5 text-[13px]"
                >
                  <dt>{does}</dt>
                  <dd className="flex shrink-0 gap-1">
                    {keys.map((key) => (
                      <kbd
                        key={key}
                        className="min-w-6 rounded-md bg-well px-1.5 py-0.5 text-center font-sans text-xs"
                      >
                        {keyText(key)}
                      </kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
