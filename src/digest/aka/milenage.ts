/*
 * Milenage (3GPP TS 35.206): the functions f1 to f5* that a SIM and its home network share, built on AES-128. Names as
 * there; bytes in, bytes out.
 */
import { createCipheriv } from 'node:crypto';

const BLOCK = 16;

/** The secret of one SIM. */
export interface MilenageKey {
	/** 16 bytes. */
	readonly k: Uint8Array;
	/** 16 bytes: OP, the constant of the operator, bound to this K. */
	readonly opc: Uint8Array;
}

export interface MilenageOutput {
	/** f1, network authentication: 8 bytes. */
	readonly macA: Uint8Array;
	/** f1*, resynchronisation: 8 bytes. */
	readonly macS: Uint8Array;
	/** f2: 8 bytes. */
	readonly res: Uint8Array;
	/** f3 and f4: 16 bytes each. */
	readonly ck: Uint8Array;
	readonly ik: Uint8Array;
	/** f5: 6 bytes, hides SQN in AUTN. */
	readonly ak: Uint8Array;
	/** f5*: 6 bytes, hides SQN in AUTS. */
	readonly akResync: Uint8Array;
}

/** OPc = E_K(OP) xor OP (TS 35.206 §4.1). */
export function deriveOpc(k: Uint8Array, op: Uint8Array): Uint8Array {
	return xor(encrypt(k, op), op);
}

/** All functions for one challenge: RAND 16, SQN 6 and AMF 2 bytes. Throws RangeError for other lengths. */
export function milenage(
	{ k, opc }: MilenageKey,
	rand: Uint8Array,
	sqn: Uint8Array,
	amf: Uint8Array,
): MilenageOutput {
	if (rand.length !== BLOCK || sqn.length !== 6 || amf.length !== 2)
		throw new RangeError('RAND has 16 bytes, SQN 6 and AMF 2');
	const temp = encrypt(k, xor(rand, opc));
	const in1 = Buffer.concat([sqn, amf, sqn, amf]);
	const out1 = xor(encrypt(k, xor(temp, rotate(xor(in1, opc), 8))), opc);
	/** OUT2 to OUT5: rotation in bytes, and the last byte of the constant. */
	const out = (rotation: number, constant: number): Uint8Array => {
		const input = rotate(xor(temp, opc), rotation);
		input[BLOCK - 1] = (input[BLOCK - 1] ?? 0) ^ constant;
		return xor(encrypt(k, input), opc);
	};
	const out2 = out(0, 1);
	return {
		macA: out1.subarray(0, 8),
		macS: out1.subarray(8, 16),
		res: out2.subarray(8, 16),
		ck: out(4, 2),
		ik: out(8, 4),
		ak: out2.subarray(0, 6),
		akResync: out(12, 8).subarray(0, 6),
	};
}

/** The bytes of one xor those of the other, as many as the first has. */
export function xor(one: Uint8Array, other: Uint8Array): Uint8Array {
	return one.map((byte, index) => byte ^ (other[index] ?? 0));
}

/** Towards the most significant byte. */
function rotate(block: Uint8Array, bytes: number): Uint8Array {
	return Uint8Array.from([...block.subarray(bytes), ...block.subarray(0, bytes)]);
}

function encrypt(key: Uint8Array, block: Uint8Array): Uint8Array {
	const cipher = createCipheriv('aes-128-ecb', key, null);
	cipher.setAutoPadding(false);
	return Uint8Array.from(cipher.update(block));
}
