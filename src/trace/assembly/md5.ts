/* MD5 (RFC 1321) of a text that is put together in memory. */

const BLOCK_BYTES: i32 = 64;
const LENGTH_BYTES: i32 = 8;

/** A frame's values, a qop and two hashes; what is longer is not begun. */
const MAX_TEXT: i32 = 8_192;

const text = memory.data(8_320, 16) as i32;
let used: i32 = 0;

let stateA: u32 = 0;
let stateB: u32 = 0;
let stateC: u32 = 0;
let stateD: u32 = 0;

export function clearText(): void {
	used = 0;
}

/** Adds the bytes from `start` to `end`; false where there is no room for them. */
export function addText(start: i32, end: i32): bool {
	if (used + end - start > MAX_TEXT) return false;
	memory.copy(text + used, start, end - start);
	used += end - start;
	return true;
}

export function addByte(byte: i32): bool {
	if (used >= MAX_TEXT) return false;
	store<u8>(text + used, byte as u8);
	used += 1;
	return true;
}

/** Whether what lies from `start` to `end` is the MD5 of the text in hexadecimal, in any case. */
export function isMd5(start: i32, end: i32): bool {
	if (end - start !== 32) return false;
	hash();
	return (
		isHex(start, stateA) &&
		isHex(start + 8, stateB) &&
		isHex(start + 16, stateC) &&
		isHex(start + 24, stateD)
	);
}

/** Eight digits, of the lowest byte first. */
function isHex(at: i32, word: u32): bool {
	for (let byte = 0; byte < 4; byte += 1) {
		const value = (word >> (byte * 8)) & 0xff;
		if (digitOf(load<u8>(at + byte * 2)) !== value >> 4) return false;
		if (digitOf(load<u8>(at + byte * 2 + 1)) !== (value & 0x0f)) return false;
	}
	return true;
}

/** Of a hexadecimal number; 16 for what is no digit. */
export function digitOf(byte: u32): u32 {
	if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
	const lower = byte | 0x20;
	return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : 16;
}

/** RFC 1321 §3: padding, length in bits, and then block by block. */
function hash(): void {
	const padded = (used + LENGTH_BYTES + BLOCK_BYTES) & ~(BLOCK_BYTES - 1);
	store<u8>(text + used, 0x80);
	memory.fill(text + used + 1, 0, padded - used - 1);
	store<u32>(text + padded - LENGTH_BYTES, (used * 8) as u32);
	stateA = 0x6745_2301;
	stateB = 0xefcd_ab89;
	stateC = 0x98ba_dcfe;
	stateD = 0x1032_5476;
	for (let block = text; block < text + padded; block += BLOCK_BYTES) hashBlock(block);
}

function hashBlock(block: i32): void {
	let a = stateA;
	let b = stateB;
	let c = stateC;
	let d = stateD;
	a = ff(a, b, c, d, load<u32>(block + 0), 7, 0xd76a_a478);
	d = ff(d, a, b, c, load<u32>(block + 4), 12, 0xe8c7_b756);
	c = ff(c, d, a, b, load<u32>(block + 8), 17, 0x2420_70db);
	b = ff(b, c, d, a, load<u32>(block + 12), 22, 0xc1bd_ceee);
	a = ff(a, b, c, d, load<u32>(block + 16), 7, 0xf57c_0faf);
	d = ff(d, a, b, c, load<u32>(block + 20), 12, 0x4787_c62a);
	c = ff(c, d, a, b, load<u32>(block + 24), 17, 0xa830_4613);
	b = ff(b, c, d, a, load<u32>(block + 28), 22, 0xfd46_9501);
	a = ff(a, b, c, d, load<u32>(block + 32), 7, 0x6980_98d8);
	d = ff(d, a, b, c, load<u32>(block + 36), 12, 0x8b44_f7af);
	c = ff(c, d, a, b, load<u32>(block + 40), 17, 0xffff_5bb1);
	b = ff(b, c, d, a, load<u32>(block + 44), 22, 0x895c_d7be);
	a = ff(a, b, c, d, load<u32>(block + 48), 7, 0x6b90_1122);
	d = ff(d, a, b, c, load<u32>(block + 52), 12, 0xfd98_7193);
	c = ff(c, d, a, b, load<u32>(block + 56), 17, 0xa679_438e);
	b = ff(b, c, d, a, load<u32>(block + 60), 22, 0x49b4_0821);
	a = gg(a, b, c, d, load<u32>(block + 4), 5, 0xf61e_2562);
	d = gg(d, a, b, c, load<u32>(block + 24), 9, 0xc040_b340);
	c = gg(c, d, a, b, load<u32>(block + 44), 14, 0x265e_5a51);
	b = gg(b, c, d, a, load<u32>(block + 0), 20, 0xe9b6_c7aa);
	a = gg(a, b, c, d, load<u32>(block + 20), 5, 0xd62f_105d);
	d = gg(d, a, b, c, load<u32>(block + 40), 9, 0x0244_1453);
	c = gg(c, d, a, b, load<u32>(block + 60), 14, 0xd8a1_e681);
	b = gg(b, c, d, a, load<u32>(block + 16), 20, 0xe7d3_fbc8);
	a = gg(a, b, c, d, load<u32>(block + 36), 5, 0x21e1_cde6);
	d = gg(d, a, b, c, load<u32>(block + 56), 9, 0xc337_07d6);
	c = gg(c, d, a, b, load<u32>(block + 12), 14, 0xf4d5_0d87);
	b = gg(b, c, d, a, load<u32>(block + 32), 20, 0x455a_14ed);
	a = gg(a, b, c, d, load<u32>(block + 52), 5, 0xa9e3_e905);
	d = gg(d, a, b, c, load<u32>(block + 8), 9, 0xfcef_a3f8);
	c = gg(c, d, a, b, load<u32>(block + 28), 14, 0x676f_02d9);
	b = gg(b, c, d, a, load<u32>(block + 48), 20, 0x8d2a_4c8a);
	a = hh(a, b, c, d, load<u32>(block + 20), 4, 0xfffa_3942);
	d = hh(d, a, b, c, load<u32>(block + 32), 11, 0x8771_f681);
	c = hh(c, d, a, b, load<u32>(block + 44), 16, 0x6d9d_6122);
	b = hh(b, c, d, a, load<u32>(block + 56), 23, 0xfde5_380c);
	a = hh(a, b, c, d, load<u32>(block + 4), 4, 0xa4be_ea44);
	d = hh(d, a, b, c, load<u32>(block + 16), 11, 0x4bde_cfa9);
	c = hh(c, d, a, b, load<u32>(block + 28), 16, 0xf6bb_4b60);
	b = hh(b, c, d, a, load<u32>(block + 40), 23, 0xbebf_bc70);
	a = hh(a, b, c, d, load<u32>(block + 52), 4, 0x289b_7ec6);
	d = hh(d, a, b, c, load<u32>(block + 0), 11, 0xeaa1_27fa);
	c = hh(c, d, a, b, load<u32>(block + 12), 16, 0xd4ef_3085);
	b = hh(b, c, d, a, load<u32>(block + 24), 23, 0x0488_1d05);
	a = hh(a, b, c, d, load<u32>(block + 36), 4, 0xd9d4_d039);
	d = hh(d, a, b, c, load<u32>(block + 48), 11, 0xe6db_99e5);
	c = hh(c, d, a, b, load<u32>(block + 60), 16, 0x1fa2_7cf8);
	b = hh(b, c, d, a, load<u32>(block + 8), 23, 0xc4ac_5665);
	a = ii(a, b, c, d, load<u32>(block + 0), 6, 0xf429_2244);
	d = ii(d, a, b, c, load<u32>(block + 28), 10, 0x432a_ff97);
	c = ii(c, d, a, b, load<u32>(block + 56), 15, 0xab94_23a7);
	b = ii(b, c, d, a, load<u32>(block + 20), 21, 0xfc93_a039);
	a = ii(a, b, c, d, load<u32>(block + 48), 6, 0x655b_59c3);
	d = ii(d, a, b, c, load<u32>(block + 12), 10, 0x8f0c_cc92);
	c = ii(c, d, a, b, load<u32>(block + 40), 15, 0xffef_f47d);
	b = ii(b, c, d, a, load<u32>(block + 4), 21, 0x8584_5dd1);
	a = ii(a, b, c, d, load<u32>(block + 32), 6, 0x6fa8_7e4f);
	d = ii(d, a, b, c, load<u32>(block + 60), 10, 0xfe2c_e6e0);
	c = ii(c, d, a, b, load<u32>(block + 24), 15, 0xa301_4314);
	b = ii(b, c, d, a, load<u32>(block + 52), 21, 0x4e08_11a1);
	a = ii(a, b, c, d, load<u32>(block + 16), 6, 0xf753_7e82);
	d = ii(d, a, b, c, load<u32>(block + 44), 10, 0xbd3a_f235);
	c = ii(c, d, a, b, load<u32>(block + 8), 15, 0x2ad7_d2bb);
	b = ii(b, c, d, a, load<u32>(block + 36), 21, 0xeb86_d391);
	stateA += a;
	stateB += b;
	stateC += c;
	stateD += d;
}

function ff(a: u32, b: u32, c: u32, d: u32, x: u32, s: u32, t: u32): u32 {
	return rotl<u32>(a + ((b & c) | (~b & d)) + x + t, s) + b;
}

function gg(a: u32, b: u32, c: u32, d: u32, x: u32, s: u32, t: u32): u32 {
	return rotl<u32>(a + ((b & d) | (c & ~d)) + x + t, s) + b;
}

function hh(a: u32, b: u32, c: u32, d: u32, x: u32, s: u32, t: u32): u32 {
	return rotl<u32>(a + (b ^ c ^ d) + x + t, s) + b;
}

function ii(a: u32, b: u32, c: u32, d: u32, x: u32, s: u32, t: u32): u32 {
	return rotl<u32>(a + (c ^ (b | ~d)) + x + t, s) + b;
}
