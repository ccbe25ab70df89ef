import { describe, expect, it } from 'vitest';
import { Cursor } from '../../src/bytes/cursor.js';

describe('Cursor', () => {
	it('reads numbers most significant byte first', () => {
		const cursor = new Cursor(Uint8Array.of(1, 0, 2, 0xff, 0, 0, 3), 'test');
		expect([cursor.u8(), cursor.u16(), cursor.u32()]).toEqual([1, 2, 0xff000003]);
	});

	it('reads numbers least significant byte first', () => {
		const cursor = new Cursor(Uint8Array.of(2, 0, 3, 0, 0, 0xff), 'test', 'test length', 'little');
		expect([cursor.u16(), cursor.u32()]).toEqual([2, 0xff000003]);
	});

	it('tells how many bytes were needed, available, where, and whose length said so', () => {
		const cursor = new Cursor(Uint8Array.of(1, 2, 3), 'test', 'box length');
		cursor.u8();
		cursor.u32();
		expect(cursor.result('value')).toEqual({
			ok: false,
			malformed: {
				layer: 'test',
				offset: 1,
				problem: { kind: 'too-short', needed: 4, available: 2, limitedBy: 'box length' },
			},
		});
	});

	it('keeps the first failure', () => {
		const cursor = new Cursor(Uint8Array.of(1), 'test');
		cursor.u16();
		cursor.take(100);
		expect(cursor.result(0)).toMatchObject({ malformed: { problem: { needed: 2 } } });
	});

	it('has nothing left once a read failed, so that loops end', () => {
		const cursor = new Cursor(new Uint8Array(10), 'test');
		cursor.skip(11);
		expect([cursor.remaining, cursor.rest().length, cursor.u8()]).toEqual([0, 0, 0]);
	});

	it('gives the value where every read had its bytes', () => {
		const cursor = new Cursor(Uint8Array.of(1, 2), 'test');
		expect(cursor.result(cursor.take(2))).toEqual({ ok: true, value: Uint8Array.of(1, 2) });
	});
});
