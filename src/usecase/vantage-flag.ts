/** What `--vantage` takes: the places a user can know; `unknown` is only ever a guess. */
export const VANTAGE_NAMES = ['client', 'server', 'middle'] as const;
