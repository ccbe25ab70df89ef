/** The key of a SIM from hex digits. Messages name the part and never its value. */
import { deriveOpc, type MilenageKey } from '../digest/aka/milenage.js';
import { UsageError } from './usage-error.js';

export interface AkaKeySources {
	readonly k: string | undefined;
	readonly op: string | undefined;
	readonly opc: string | undefined;
}

/** Undefined where nothing is given. Throws UsageError for half a key or other digits. */
export function akaKeyFrom({ k, op, opc }: AkaKeySources): MilenageKey | undefined {
	if (k === undefined && op === undefined && opc === undefined) return undefined;
	if (k === undefined) throw new UsageError('OP or OPc is given without K', 'Add --aka-k FILE.');
	if (op !== undefined && opc !== undefined)
		throw new UsageError('OP and OPc are given', 'Give one of --aka-op and --aka-opc.');
	const key = bytes(k, 'K');
	if (opc !== undefined) return { k: key, opc: bytes(opc, 'OPc') };
	if (op === undefined)
		throw new UsageError('K is given without OP or OPc', 'Add --aka-opc FILE or --aka-op FILE.');
	return { k: key, opc: deriveOpc(key, bytes(op, 'OP')) };
}

function bytes(hex: string, part: string): Uint8Array {
	const digits = hex.replace(/\s/g, '');
	if (!/^[0-9a-f]{32}$/i.test(digits)) throw new UsageError(`${part} is not 32 hex digits`);
	return Uint8Array.from(Buffer.from(digits, 'hex'));
}
