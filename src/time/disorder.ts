/**
 * As much as the times of two packets may be the wrong way round: cards with several queues, the `any` interface and two taps
 * put together write packets down in disorder. Captures show 41 ms. Far below T1 (RFC 3261 §17.1.1.1): no copy of a request
 * that was lost comes so soon.
 */
export const DISORDER_MS = 100;
