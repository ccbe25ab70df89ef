/*
 * pcapng timestamps: 64-bit counts of a unit that each interface declares (draft-ietf-opsawg-pcapng §4.2, if_tsresol
 * and if_tsoffset), as microseconds.
 */
import type { Instant } from '../time/instant.js';

/** How the timestamps of one interface are to be read. */
export interface TimestampResolution {
	/** Units per second: 10 to the power of `exponent`, or 2 to it. */
	readonly base: 2 | 10;
	readonly exponent: number;
	/** Seconds to add, signed. */
	readonly offsetSeconds: number;
}

/** What holds where an interface says nothing: microseconds since 1970. */
export const MICROSECONDS: TimestampResolution = { base: 10, exponent: 6, offsetSeconds: 0 };

/** The resolution that an if_tsresol byte stands for: the top bit tells powers of two from powers of ten. */
export function timestampResolution(tsresol: number, offsetSeconds: number): TimestampResolution {
	return { base: tsresol & 0x80 ? 2 : 10, exponent: tsresol & 0x7f, offsetSeconds };
}

/** The moment that the two halves of a timestamp mean, rounded down; kept within what a number holds exactly. */
export function instantOf(
	high: number,
	low: number,
	{ base, exponent, offsetSeconds }: TimestampResolution,
): Instant {
	const micros =
		base === 10 && exponent >= 6 && exponent <= 12
			? shrink(high, low, 10 ** (exponent - 6))
			: Number(scale(high, low, base, exponent));
	const at = micros + offsetSeconds * 1_000_000;
	return Math.min(Math.max(at, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}

/** (high·2³² + low) / divisor in steps that stay exact for divisors up to 2²¹. */
function shrink(high: number, low: number, divisor: number): number {
	const rest = (high % divisor) * 0x1_0000_0000 + low;
	return Math.floor(high / divisor) * 0x1_0000_0000 + Math.floor(rest / divisor);
}

function scale(high: number, low: number, base: 2 | 10, exponent: number): bigint {
	const units = (BigInt(high) << 32n) | BigInt(low);
	return (units * 1_000_000n) / BigInt(base) ** BigInt(exponent);
}
