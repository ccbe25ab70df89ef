import { describe, expect, it } from 'vitest';
import {
	pcapFile,
	pcapngInterface,
	pcapngPacket,
	pcapngSection,
	readAll,
} from '../support/capture-bytes.js';

const START = 1_700_000_000_000_000;
const MS = 1_000;
const SECOND = 1_000_000;
const BYTES = Buffer.from('frame');

/** The times that are read of frames with these times in their file, microseconds behind the start. */
async function readTimes(file: Uint8Array) {
	const { frames, facts } = await readAll(file);
	return {
		times: frames.map(({ at }) => at - START),
		last: (facts.lastPacketAt ?? 0) - START,
		oddities: facts.oddities.map(({ kind, firstFrame, count }) => [kind, firstFrame, count]),
	};
}

function pcap(times: readonly number[]): Buffer {
	const records = times.map((time) => {
		const at = START + time;
		return { seconds: Math.floor(at / SECOND), fraction: at % SECOND, bytes: BYTES };
	});
	return pcapFile({ records });
}

/** Of each interface in turn. */
function pcapng(times: readonly (readonly [number, number])[]): Buffer {
	const blocks = times.map(([interfaceId, time]) => {
		const at = BigInt(START + time);
		const [high, low] = [Number(at >> 32n), Number(at & 0xffff_ffffn)];
		return pcapngPacket('little', { interfaceId, high, low, bytes: BYTES });
	});
	return Buffer.concat([
		pcapngSection('little'),
		pcapngInterface('little'),
		pcapngInterface('little'),
		...blocks,
	]);
}

describe('a clock that was set back', () => {
	it('is carried on from the last time, and that is said once', async () => {
		const times = [0, 10 * SECOND, 7 * SECOND, 8 * SECOND];
		for (const file of [pcap(times), pcapng(times.map((time) => [0, time]))])
			expect(await readTimes(file)).toEqual({
				times: [0, 10 * SECOND, 10 * SECOND, 11 * SECOND],
				last: 11 * SECOND,
				oddities: [['clock-set-back', 3, 1]],
			});
	});

	it('and once more is carried on from where it was', async () => {
		const { times } = await readTimes(pcap([10, 7, 8, 5, 6].map((second) => second * SECOND)));
		expect(times.map((time) => time / SECOND)).toEqual([10, 10, 11, 11, 12]);
	});

	it('is right again once the file has caught up', async () => {
		const { times } = await readTimes(pcap([10, 7, 12, 13].map((second) => second * SECOND)));
		expect(times.map((time) => time / SECOND)).toEqual([10, 10, 12, 13]);
	});

	it('is none where packets are out of order by less than 100 ms', async () => {
		const times = [0, 50 * MS, 10 * MS, 60 * MS];
		expect(await readTimes(pcap(times))).toMatchObject({ times, oddities: [] });
	});

	it('is said and left by more than an hour', async () => {
		const times = [4_000 * SECOND, 0, SECOND];
		expect(await readTimes(pcap(times))).toMatchObject({
			times,
			oddities: [['clock-set-back', 2, 1]],
		});
	});

	it('is none where another capture is put behind a first one', async () => {
		const times = [
			[0, 0],
			[0, 9 * SECOND],
			[1, 2 * SECOND],
			[1, 3 * SECOND],
		] as const;
		expect(await readTimes(pcapng(times))).toMatchObject({
			times: times.map(([, time]) => time),
			oddities: [['clock-set-back', 3, 1]],
		});
	});

	it('is carried on for all interfaces once one shows it', async () => {
		const { times } = await readTimes(
			pcapng([
				[0, 10 * SECOND],
				[1, 10 * SECOND],
				[0, 7 * SECOND],
				[1, 8 * SECOND],
			]),
		);
		expect(times.map((time) => time / SECOND)).toEqual([10, 10, 10, 11]);
	});
});
