/** What a reader found where its layer promised something else. Data, never an exception. */
export interface Malformed {
	/** The layer or header that was being read: `ipv4`, `pcapng`, `sip`, `via`. */
	readonly layer: string;
	/** Byte offset from the start of what that layer was given. */
	readonly offset: number;
	readonly problem:
		| {
				readonly kind: 'too-short';
				readonly needed: number;
				readonly available: number;
				/** Whose length field said so: `ipv4 total length`, `captured length`. */
				readonly limitedBy: string;
		  }
		| {
				readonly kind: 'bad-field';
				readonly field: string;
				readonly value: string;
				readonly expected: string;
		  };
}

/** One sentence: what, where, and what was expected. */
export function describeMalformed({ layer, offset, problem }: Malformed): string {
	switch (problem.kind) {
		case 'too-short':
			return `${layer} at byte ${offset}: ${problem.needed} bytes needed, ${problem.available} available (limited by ${problem.limitedBy})`;
		case 'bad-field':
			return `${layer} at byte ${offset}: ${problem.field} is "${problem.value}", expected ${problem.expected}`;
	}
}

/** The outcome of a strict reader: a value, or where and why there is none. */
export type Parsed<T> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly malformed: Malformed };

/** A failure for want of bytes; also the failing side of a `Parsed`. */
export function tooShort(
	layer: string,
	offset: number,
	needed: number,
	available: number,
	limitedBy: string,
): { readonly ok: false; readonly malformed: Malformed } {
	const problem = { kind: 'too-short', needed, available, limitedBy } as const;
	return { ok: false, malformed: { layer, offset, problem } };
}

/** A failure for a field whose value the layer does not allow. */
export function badField(
	layer: string,
	offset: number,
	field: string,
	value: string | number,
	expected: string,
): { readonly ok: false; readonly malformed: Malformed } {
	const problem = { kind: 'bad-field', field, value: String(value), expected } as const;
	return { ok: false, malformed: { layer, offset, problem } };
}
