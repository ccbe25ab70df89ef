import { UsageError } from '../usage-error.js';

const UNIT_MS: Readonly<Record<string, number>> = {
	s: 1000,
	m: 60_000,
	h: 3_600_000,
	d: 86_400_000,
};

/** `90s`, `15m`, `8h`, `7d` in milliseconds; a bare number is seconds. Throws UsageError. */
export function durationMs(text: string): number {
	const match = /^(\d{1,6})([smhd]?)$/.exec(text);
	const unit = UNIT_MS[match?.[2] === '' ? 's' : (match?.[2] ?? '')];
	const number = Number(match?.[1]);
	if (unit === undefined || !(number > 0)) {
		throw new UsageError('--duration is no time', 'Write it as 90s, 15m, 8h or 7d.');
	}
	return number * unit;
}
