import { CircleAlert, X } from "lucide-react";
import type { Upload } from "@/api/uploads";
import { IconButton } from "@/kit/button";
import { useStudio } from "@/studio";

export function UploadTile({ upload: { id, name, progress, error } }: { upload: Upload }) {
  const { dismissUpload } = useStudio();
  return (
    <li className="min-w-0 animate-fade">
      <div className="relative flex aspect-square flex-col justify-end rounded-xl bg-panel p-4 ring-1 ring-line">
        {error === null ? (
          <div
            role="progressbar"
            aria-label={`Uploading ${name}`}
            aria-valuenow={Math.round(progress * 100)}
            className="h-1 overflow-hidden rounded-full bg-line"
          >
            <div
              className="h-full rounded-full bg-accent transition-[width]"
              style={{ width: `${progress * 100}%` }}
            />
          </div>
        ) : (
          <div role="alert" className="flex size-full flex-col gap-2 text-[13px] text-soft">
            <CircleAlert size={18} className="text-red" aria-hidden="true" />
            {error}
            <IconButton
              label="Dismiss"
              className="absolute top-2 right-2"
              onClick={() => dismissUpload(id)}
            >
              <X size={16} />
            </IconButton>
          </div>
        )}
      </div>
      <p className="mt-2 truncate px-0.5 text-[13px]">{name}</p>
      <p className="px-0.5 text-xs text-soft">{error === null ? "Uploading" : "Not uploaded"}</p>
    </li>
  );
}
