import { useSyncExternalStore } from "react";
import { currentState, onState } from "./live";

export const useLive = () => useSyncExternalStore(onState, currentState);
