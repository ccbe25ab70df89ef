/** The known word that a mistyped one was most likely meant to be; undefined where none is near. */
export function nearWord(word: string, known: readonly string[]): string | undefined {
	const typed = word.slice(0, MAX_WORD).toLowerCase();
	const ranked = known
		.map((each) => ({ each, distance: editDistance(typed, each) }))
		.toSorted((a, b) => a.distance - b.distance);
	const [best] = ranked;
	if (best === undefined) return undefined;
	return best.distance <= Math.max(1, Math.floor(best.each.length / 3)) ? best.each : undefined;
}

const MAX_WORD = 64;

/** Insertions, removals, replacements, and neighbours that were swapped. */
function editDistance(a: string, b: string): number {
	let before: readonly number[] = [];
	let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i += 1) {
		const next = [i];
		for (let j = 1; j <= b.length; j += 1) {
			const same = a[i - 1] === b[j - 1] ? 0 : 1;
			const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
			next.push(
				Math.min(
					(row[j] ?? 0) + 1,
					(next[j - 1] ?? 0) + 1,
					(row[j - 1] ?? 0) + same,
					swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
				),
			);
		}
		before = row;
		row = next;
	}
	return row[b.length] ?? 0;
}
