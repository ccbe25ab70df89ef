/** Comma-separated values with a header line (RFC 4180): quotes, doubled quotes, CRLF or LF. */

/** Each line after the first as a record of the names in the first. Blank lines are left out. */
export function parseCsv(text: string): readonly ReadonlyMap<string, string>[] {
	const [header, ...lines] = rows(text).filter((row) => row.some((field) => field !== ''));
	if (header === undefined) return [];
	const names = header.map((name) => name.trim().toLowerCase());
	return lines.map((row) => new Map(names.map((name, index) => [name, row[index] ?? ''])));
}

function rows(text: string): readonly (readonly string[])[] {
	const result: string[][] = [];
	let row: string[] = [];
	// One field with what ends it: a quoted one, or anything up to a comma or a line end.
	const field = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n|\n|\r|$)/gy;
	while (field.lastIndex < text.length) {
		const match = field.exec(text);
		if (match === null) return [...result, row];
		row.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
		if (match[3] === ',') continue;
		result.push(row);
		row = [];
	}
	return row.length > 0 ? [...result, [...row, '']] : result;
}
