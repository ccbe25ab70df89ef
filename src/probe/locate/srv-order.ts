import type { SrvRecord } from 'node:dns';

/**
 * SRV records in the order in which they are tried (RFC 2782): lowest priority first, within one priority by chance in
 * proportion to weight, those of weight 0 hardly ever first. `random` gives numbers from 0 up to 1. The target `.`,
 * which says that the service is not there, is left out.
 */
export function srvOrder(
	records: readonly SrvRecord[],
	random: () => number,
): readonly SrvRecord[] {
	const there = records.filter(({ name }) => name !== '' && name !== '.');
	const priorities = [...new Set(there.map(({ priority }) => priority))].toSorted((a, b) => a - b);
	return priorities.flatMap((wanted) =>
		byWeight(
			there.filter(({ priority }) => priority === wanted),
			random,
		),
	);
}

function byWeight(records: readonly SrvRecord[], random: () => number): readonly SrvRecord[] {
	// RFC 2782: those of weight 0 stand first, so that a draw of 0 can choose them.
	const left = records.toSorted((a, b) => Math.sign(a.weight) - Math.sign(b.weight));
	const ordered: SrvRecord[] = [];
	while (left.length > 0) {
		const sum = left.reduce((total, { weight }) => total + weight, 0);
		// A whole number from 0 to the sum, both included.
		const drawn = Math.floor(random() * (sum + 1));
		let running = 0;
		const found = left.findIndex(({ weight }) => {
			running += weight;
			return running >= drawn;
		});
		ordered.push(...left.splice(Math.max(0, found), 1));
	}
	return ordered;
}

/** True where SRV says in so many words that the service is not offered (RFC 2782, target `.`). */
export function isDeclined(records: readonly SrvRecord[]): boolean {
	return records.length > 0 && records.every(({ name }) => name === '' || name === '.');
}
