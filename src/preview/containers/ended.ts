/** Aborted when the container is stopped. */
const controller = new AbortController();
const end = (): void => controller.abort();
process.once('SIGTERM', end).once('SIGINT', end);

export const ended: AbortSignal = controller.signal;
