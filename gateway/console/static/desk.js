// The desk's behaviour, one concern a module; the pages work without it, only not by themselves.
import { startClocks } from "./clocks.js";
import { startComposer } from "./composer.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startThread } from "./thread.js";
import { startToasts } from "./toasts.js";

startToasts();
startClocks();
startThread();
startComposer();
startKeys();
startLive();
