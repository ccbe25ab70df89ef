/*
 * What gives a scanner or a guesser of passwords away (knowledge of real ones: friendly-scanner and its like name
 * themselves; others call themselves a Cisco, and bind names at the server's own address).
 */
import { isIpAddress, isPrivateAddress } from '../net/address.js';
import type { Instant } from '../time/instant.js';
import type { RegisterTransaction } from './registration.js';
import { userAgentIn } from './scanned-register.js';

/**
 * `tool`: it names itself. `enumeration`: address-of-record after address-of-record. `guessing`: password after
 * password.
 */
export type ScannerKind = 'tool' | 'enumeration' | 'guessing';

/** A frame to point at; the message itself is let go. */
export interface SeenFrame {
	readonly source: string;
	readonly frame: number;
	readonly at: Instant;
}

/** A 2xx, and the user that it was for. */
export interface AcceptedGuess extends SeenFrame {
	readonly name: string;
}

/** One address that tried its luck, with one User-Agent. */
export interface ScannerSource {
	readonly address: string;
	/** undefined: it names none, or another one each time. */
	readonly userAgent: string | undefined;
	readonly kind: ScannerKind;
	/** What gave it away, as the end of a sentence. */
	readonly because: string;
	/** The first server that it asked, and over what. */
	readonly server: string;
	/** REGISTER requests, copies included. */
	readonly registers: number;
	/** Method → how many requests of it, other than REGISTER: OPTIONS to find servers, INVITE to call through them. */
	readonly others: ReadonlyMap<string, number>;
	/** Different addresses-of-record; `atLeast` where they were not counted to the end. */
	readonly aors: { readonly count: number; readonly atLeast: boolean };
	/** The users of the first of them. */
	readonly names: readonly string[];
	readonly withCredentials: number;
	/** Final status → how often. */
	readonly statuses: ReadonlyMap<number, number>;
	readonly first: SeenFrame;
	readonly last: SeenFrame;
	/** The first 2xx, where a guess was right. */
	readonly accepted: AcceptedGuess | undefined;
}

/** Scanners that are listed, and those for which there was no room. */
export interface ScannerTraffic {
	/** The busiest first. */
	readonly sources: readonly ScannerSource[];
	readonly others: {
		readonly sources: number;
		readonly registers: number;
		/** Of requests other than REGISTER. */
		readonly requests: number;
	};
}

export const NO_SCANNERS: ScannerTraffic = {
	sources: [],
	others: { sources: 0, registers: 0, requests: 0 },
};

/** Tools that have no honest use against a registrar of others. */
const ATTACK_TOOL =
	/friendly-(?:scanner|request)|sipvicious|sundayddr|pplsip|sip-?scan|sivus|siparmyknife/i;

/** Tools and kits that honest phones and testers use as well. */
const DOUBTFUL_TOOL = /^(?:sipcli|vaxsipuseragent|vaxipuseragent)/i;

export function isAttackTool(userAgent: string | undefined): boolean {
	return userAgent !== undefined && ATTACK_TOOL.test(userAgent);
}

/** Whether a request of any method names such a tool: in User-Agent, or as sipvicious does in From. */
export function isOfAttackTool(wire: string): boolean {
	return /\n(?:from|f)[ \t]*:[ \t]*"?sipvicious\b/i.test(wire) || isAttackTool(userAgentIn(wire));
}

export function isDoubtfulTool(userAgent: string | undefined): boolean {
	return userAgent !== undefined && DOUBTFUL_TOOL.test(userAgent);
}

/** Of a value only so much is looked at: what is written to be slow to read is no phone's. */
const MAX_READ = 512;

/** The user of a To value, where there is one. */
export function userIn(to: string): string {
	return /sips?:([^@;>]*)@/i.exec(to.slice(0, MAX_READ))?.[1] ?? to;
}

/** No phone is bound at the address of the registrar, unless it is the same machine. */
export function isBoundAtServer({ phone }: RegisterTransaction, host: string | undefined): boolean {
	const { client, server } = phone;
	const address = host?.replace(/^\[|\]$/g, '');
	return address === server.address && client.address !== server.address;
}

/** A public address that is neither the sender's nor the server's: calls there reach somebody else. */
export function isBoundElsewhere(
	{ phone }: RegisterTransaction,
	host: string | undefined,
): boolean {
	const { client, server } = phone;
	// What most phones say first: to look at it costs nothing.
	if (host === undefined || host === client.address) return false;
	const address = host.replace(/^\[|\]$/g, '');
	if (!isIpAddress(address) || isPrivateAddress(address)) return false;
	if (isPrivateAddress(client.address)) return false;
	return address !== client.address && address !== server.address;
}
