import { clsx, type ClassValue } from "clsx";
import { twMerge } from "tailwind-merge";

/** Class names; later ones win over earlier ones of the same property. */
export const cn = (...values: ClassValue[]) => twMerge(clsx(values));
