import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { inBatches, printReport } from '../../src/commands/print-report.js';

const LONG = 'x'.repeat(40_000);

/** What was written, and how often; it fails from the `fails`-th on, as a pipe does that nobody reads any more. */
function stream(fails = Number.POSITIVE_INFINITY) {
	const written: string[] = [];
	const writable = new Writable({
		decodeStrings: false,
		// Standard output is never destroyed.
		autoDestroy: false,
		write: (chunk: string, _encoding, done) => {
			if (written.length + 1 >= fails) done(new Error('EPIPE'));
			else {
				written.push(chunk);
				done();
			}
		},
	});
	writable.on('error', () => undefined);
	return { writable, written };
}

function counted(pieces: readonly string[]) {
	let made = 0;
	const all = function* (): Generator<string> {
		for (const piece of pieces) {
			made += 1;
			yield piece;
		}
	};
	return { all: all(), made: () => made };
}

describe('a report in pieces', () => {
	it('is printed as it is, and its last line ended', async () => {
		const { writable, written } = stream();
		await printReport([LONG, 'a\nb', LONG, LONG, 'c'], writable);
		expect(written.join('')).toBe(`${LONG}a\nb${LONG}${LONG}c\n`);
	});

	it('is written while it is made', () => {
		const { all, made } = counted([LONG, LONG, LONG, LONG]);
		const batches = inBatches(all);
		batches.next();
		expect(made()).toBe(2);
	});

	it('is not made to its end where nobody reads any more', async () => {
		const { all, made } = counted(Array.from({ length: 20 }, () => LONG));
		await printReport(all, stream(2).writable);
		expect(made()).toBe(4);
	});
});
