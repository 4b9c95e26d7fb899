// What went wrong, in the words of the reader's language.
import type { TFunction } from "i18next";
import { ApiError, OfflineError } from "./client";

/** By the server's code when it is known to this page, else the server's own English sentence. */
export function errorText(t: TFunction, error: unknown): string {
  if (error instanceof OfflineError) return t("errors:offline");
  if (error instanceof ApiError) {
    if (error.code) return t(`errors:${error.code}`, { ...error.params, defaultValue: error.message });
    if (error.status >= 500) return t("errors:server", { id: error.requestId ?? "–" });
    return error.message;
  }
  return error instanceof Error ? error.message : String(error);
}
