/* The times of a non-INVITE client transaction (RFC 3261 §17.1.2.2 and Table 4), as nearly everybody leaves them. */

/** The round trip that is reckoned with: after it a request over UDP is sent again. */
export const T1_MS = 500;

/** The longest pause between two copies of a request. */
export const T2_MS = 4000;

/** Timer F: after it a transaction without a final response has timed out. */
export const TIMER_F_MS = 64 * T1_MS;
