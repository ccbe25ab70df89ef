/* oxlint-disable typescript/no-unsafe-assignment, typescript/no-unnecessary-condition -- plain JavaScript: Node 20 runs no TypeScript, and a build would tie the lab to src/ */
import { createCipheriv } from 'node:crypto';

/*
 * Milenage for the lab's phone and registrar, written from 3GPP TS 35.206 §4.1 and on purpose without a line of src/.
 * Everything is a Buffer: K, OPc and RAND of 16 bytes, SQN of 6, AMF of 2.
 */

const xor = (one, other) => Buffer.from(one.map((byte, index) => byte ^ other[index]));
const rotated = (block, bytes) => Buffer.concat([block.subarray(bytes), block.subarray(0, bytes)]);

function encrypt(key, block) {
	const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
	return Buffer.concat([cipher.update(block), cipher.final()]);
}

/** OUT2 to OUT5: `turn` is r in bytes, `last` the last byte of c. */
function output({ k, opc }, rand, turn, last) {
	const temp = encrypt(k, xor(rand, opc));
	const turned = rotated(xor(temp, opc), turn);
	turned[15] ^= last;
	return xor(encrypt(k, turned), opc);
}

/** MAC-A and MAC-S (f1, f1*). */
function macs({ k, opc }, rand, sqn, amf) {
	const temp = encrypt(k, xor(rand, opc));
	const input = Buffer.concat([sqn, amf, sqn, amf]);
	const out = xor(encrypt(k, xor(temp, rotated(xor(input, opc), 8))), opc);
	return { a: out.subarray(0, 8), s: out.subarray(8) };
}

const AMF = Buffer.from('8000', 'hex');
/** Resynchronisation is computed with AMF zero (TS 33.102 §6.3.3). */
const NO_AMF = Buffer.alloc(2);

export function simOf({ k, opc }) {
	return { k: Buffer.from(k, 'hex'), opc: Buffer.from(opc, 'hex') };
}

export function resOf(sim, rand) {
	return output(sim, rand, 0, 1).subarray(8);
}

/** What the network sends beside RAND. */
export function autnOf(sim, rand, sqn) {
	const ak = output(sim, rand, 0, 1).subarray(0, 6);
	return Buffer.concat([xor(sqn, ak), AMF, macs(sim, rand, sqn, AMF).a]);
}

/** What a SIM reads from it; `fits` where the MAC is that of its own network. */
export function readAutn(sim, rand, autn) {
	const ak = output(sim, rand, 0, 1).subarray(0, 6);
	const sqn = xor(autn.subarray(0, 6), ak);
	const mac = macs(sim, rand, sqn, autn.subarray(6, 8)).a;
	return { sqn, fits: mac.equals(autn.subarray(8)) };
}

/** What a SIM says whose own number is ahead. */
export function autsOf(sim, rand, sqn) {
	const ak = output(sim, rand, 12, 8).subarray(0, 6);
	return Buffer.concat([xor(sqn, ak), macs(sim, rand, sqn, NO_AMF).s]);
}

/** The number in it; undefined where it is not of this SIM. */
export function readAuts(sim, rand, auts) {
	const ak = output(sim, rand, 12, 8).subarray(0, 6);
	const sqn = xor(auts.subarray(0, 6), ak);
	return macs(sim, rand, sqn, NO_AMF).s.equals(auts.subarray(6)) ? sqn : undefined;
}
