import { describe, expect, it } from 'vitest';
import { type Pace, paced } from '../../src/usecase/paced.js';

/** A clock that goes on where the test says so, or somebody pauses and nothing else is ready. */
class FakePace implements Pace {
	at = 0;

	now(): number {
		return this.at;
	}

	async pause(milliseconds: number, signal: AbortSignal): Promise<void> {
		// Whatever is ready comes first, as it would on a real clock.
		await new Promise((resolve) => setImmediate(resolve));
		if (!signal.aborted) this.at += milliseconds;
	}
}

interface Run {
	/** What the action takes, and what passes before each chunk. */
	readonly takes: number;
	readonly apart: number;
	readonly chunks: number;
}

/** The times at which the action began. */
async function timesOf({ takes, apart, chunks }: Run): Promise<readonly number[]> {
	const pace = new FakePace();
	const times: number[] = [];
	async function* arriving() {
		for (let chunk = 0; chunk < chunks; chunk += 1) {
			pace.at += apart;
			yield Uint8Array.of(chunk);
		}
	}
	const act = () => {
		times.push(pace.at);
		pace.at += takes;
	};
	for await (const _chunk of paced(arriving(), act, pace));
	return times;
}

describe('what is done behind chunks', () => {
	it('is done behind each where it takes no time', async () => {
		expect(await timesOf({ takes: 0, apart: 10, chunks: 4 })).toEqual([10, 20, 30, 40]);
	});

	it('rests four times of what it took, and is done once more at the end', async () => {
		const times = await timesOf({ takes: 100, apart: 50, chunks: 21 });
		expect(times).toEqual([50, 550, 1050, 1350]);
	});

	it('is done at the end of its rest though no chunk comes', async () => {
		const pace = new FakePace();
		const times: number[] = [];
		let goOn: (() => void) | undefined;
		async function* arriving() {
			yield Uint8Array.of(1);
			yield Uint8Array.of(2);
			await new Promise<void>((resolve) => {
				goOn = resolve;
			});
		}
		const act = () => {
			times.push(pace.at);
			pace.at += 100;
			if (times.length === 2) goOn?.();
		};
		for await (const _chunk of paced(arriving(), act, pace));
		expect(times).toEqual([0, 500]);
	});

	it('gives every chunk, and the failure that ends them', async () => {
		async function* arriving() {
			yield Uint8Array.of(1);
			yield Uint8Array.of(2);
			throw new Error('the disk is gone');
		}
		const given: number[] = [];
		const reading = async () => {
			for await (const [byte] of paced(arriving(), () => undefined, new FakePace()))
				given.push(byte ?? 0);
		};
		await expect(reading()).rejects.toThrow('the disk is gone');
		expect(given).toEqual([1, 2]);
	});

	it('closes the source where nobody wants more', async () => {
		let isClosed = false;
		async function* arriving() {
			try {
				for (let chunk = 0; chunk < 10; chunk += 1) yield Uint8Array.of(chunk);
			} finally {
				isClosed = true;
			}
		}
		for await (const _chunk of paced(arriving(), () => undefined, new FakePace())) break;
		expect(isClosed).toBe(true);
	});
});
